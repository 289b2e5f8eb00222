// SPDX-License-Identifier: MIT
// The flame graph by keyboard: arrows go from frame to frame as the picture lies, Enter zooms,
// Backspace goes back to the caller, Escape shows all. One frame at a time can be reached by TAB.

class Keys {
	constructor(chart, tip, handlers) {
		this.chart = chart;
		this.tip = tip;
		this.handlers = handlers;
		chart.box.addEventListener("keydown", (event) => this.press(event));
		chart.box.addEventListener("focusin", (event) => {
			const node = chart.nodeOf(event.target);
			if (node && event.target.matches(":focus-visible"))
				tip.showAt(event.target, node);
		});
		chart.box.addEventListener("focusout", () => tip.hide());
	}

	press(event) {
		const node = this.chart.nodeOf(event.target);
		if (!node || event.ctrlKey || event.metaKey || event.altKey)
			return;
		const deeper = this.chart.isHanging ? "ArrowDown" : "ArrowUp";
		const back = this.chart.isHanging ? "ArrowUp" : "ArrowDown";
		switch (event.key) {
		case deeper:
			this.go(this.shown(node)[0]);
			break;
		case back:
			this.go(node.parent);
			break;
		case "ArrowLeft":
			this.go(this.beside(node, -1));
			break;
		case "ArrowRight":
			this.go(this.beside(node, 1));
			break;
		case "Enter":
		case " ":
			this.open(node);
			break;
		case "Backspace":
			if (this.chart.node.parent)
				this.open(this.chart.node.parent);
			break;
		default:
			return;
		}
		event.preventDefault();
	}

	// Those children of a node that are drawn.
	shown(node) {
		return this.chart.view.childrenOf(node).filter((child) => this.chart.elementOf(child));
	}

	// The next frame of the same row, also another caller's.
	beside(node, step) {
		if (!node.parent)
			return null;
		const row = this.shown(node.parent);
		const next = row[row.indexOf(node) + step];
		if (next)
			return next;
		const cousin = this.beside(node.parent, step);
		return cousin ? this.shown(cousin).at(step < 0 ? -1 : 0) || null : null;
	}

	go(node) {
		const element = node && this.chart.elementOf(node);
		if (!element)
			return;
		for (const other of this.chart.box.querySelectorAll("g.frame[tabindex='0']"))
			other.setAttribute("tabindex", -1);
		element.setAttribute("tabindex", 0);
		element.focus();
	}

	open(node) {
		this.handlers.open(node);
		this.go(node);
	}
}
