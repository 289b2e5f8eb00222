// SPDX-License-Identifier: MIT
// The flame graph: d3-flame-graph draws what is wide enough to be seen of a view, and draws it anew
// from where the reader zooms to. Names are text to it and never HTML.

const ROW_PX = 20;
const NARROWEST_PX = 1;
const REST_PX = 24; // from so many on, what is narrower together is drawn as one
const THIN_PX = 4; // without a line around it, which would leave nothing of it
const SMOOTH_MS = 250;
const SMOOTH_MOST = 1500; // more frames than these do not move smoothly

// d3-flame-graph numbers the frames of each drawing anew. By the view's own numbers a frame is the
// same one in the next drawing, and moves to where it is then.
Object.defineProperty(d3.hierarchy.prototype, "id", {
	get() {
		return this.data.node.id;
	},
	set() {},
});

class Chart {
	// handlers: colour(node), isMarked(node), label(node) and open(node), at a click
	constructor(box, tip, handlers) {
		this.box = box;
		this.handlers = handlers;
		this.calm = matchMedia("(prefers-reduced-motion: reduce)");
		this.flame = flamegraph.default()
			.cellHeight(ROW_PX).resetHeightOnZoom(true).transitionDuration(0).tooltip(tip)
			.getName((d) => handlers.name(d.data.node))
			.setLabelHandler((d) => handlers.label(d.data.node))
			.setDetailsHandler(() => {})
			.setColorMapper((d) => handlers.colour(d.data.node));
		box.addEventListener("scroll", () => {
			this.isAtCallers = Math.abs(this.callersAt() - box.scrollTop) < ROW_PX;
		});
		// The library's own zoom would only widen what is drawn already.
		box.addEventListener("click", (event) => {
			const node = this.nodeOf(event.target);
			if (node) {
				event.stopPropagation();
				handlers.open(node.isRest ? node.parent : node);
			}
		}, true);
	}

	// The node that an element of the picture stands for.
	nodeOf(element) {
		const frame = element.closest && element.closest("g.frame");
		return frame ? d3.select(frame).datum().data.node : null;
	}

	elementOf(node) {
		return this.elements.get(node.id);
	}

	// Shows a view from a node on; the callers' end is below, or above where it hangs.
	show(view, node, isHanging) {
		const isNew = view !== this.view || isHanging !== this.isHanging;
		Object.assign(this, {view, node, isHanging});
		this.isAtCallers = this.isAtCallers || isNew;
		this.draw(isNew);
	}

	// How far to scroll to where the callers are.
	callersAt() {
		return this.isHanging ? 0 : this.box.scrollHeight - this.box.clientHeight;
	}

	// The box has another size than when it was drawn.
	isStale() {
		const {clientWidth: width, clientHeight: height} = this.box;
		return this.size && width > 0 && (width !== this.size[0] || height !== this.size[1]);
	}

	draw(isNew = false) {
		const width = Math.max(this.box.clientWidth, 100);
		const root = this.cut(width);
		const isSmooth = !isNew && !this.calm.matches && this.drawn <= SMOOTH_MOST;
		this.flame.width(width).minHeight(this.box.clientHeight - 4).inverted(this.isHanging)
			.transitionDuration(isSmooth ? SMOOTH_MS : 0);
		if (isNew)
			this.flame.destroy();
		const wasAtCallers = this.isAtCallers;
		this.size = [this.box.clientWidth, this.box.clientHeight];
		d3.select(this.box).datum(root).call(this.flame);
		if (wasAtCallers)
			this.box.scrollTop = this.callersAt();
		this.describe();
	}

	// What is drawn: the node with all above it, and below it what is wide enough.
	cut(width) {
		const smallest = this.node.weight * NARROWEST_PX / width;
		const take = (node, fade) => ({node, value: node.weight, fade, hide: false, children: null});
		let root = null, last = null;
		for (const node of pathTo(this.node)) {
			const next = take(node, node !== this.node);
			if (last)
				last.children = [next];
			root = root || next;
			last = next;
		}
		const walk = [last];
		this.drawn = 0;
		while (walk.length) {
			const at = walk.pop();
			const children = this.view.childrenOf(at.node).filter((child) => child.weight > 0);
			// The heaviest are first.
			const end = children.findIndex((child) => child.weight < smallest);
			const shown = end < 0 ? children : children.slice(0, end);
			if (end >= 0)
				shown.push(...this.rest(at.node, children.slice(end), smallest));
			at.children = shown.map((child) => take(child, false));
			walk.push(...at.children);
			this.drawn++;
		}
		return root;
	}

	// What stands for those that are too narrow, where all of them together are not.
	rest(parent, children, smallest) {
		const sum = (what) => children.reduce((all, child) => all + child[what], 0);
		const weight = sum("weight");
		if (weight < smallest * REST_PX)
			return [];
		if (!parent.rest)
			parent.rest = this.view.make(parent, null);
		return [Object.assign(parent.rest, {frame: -children.length, weight, samples: sum("samples"),
			self: 0, children: [], isRest: true})];
	}

	// Scrolls to the widest of the frames that are wanted, where none of these is in sight.
	reveal(isWanted) {
		const box = this.box.getBoundingClientRect();
		let widest = null, most = 0;
		for (const element of this.elements.values()) {
			const {node} = d3.select(element).datum().data;
			if (!isWanted(node))
				continue;
			const at = element.getBoundingClientRect();
			if (at.top >= box.top && at.bottom <= box.bottom)
				return;
			if (node.weight > most) {
				widest = at;
				most = node.weight;
			}
		}
		if (widest)
			this.box.scrollTop += widest.top - box.top - box.height / 2;
	}

	// What the library does not say of its frames: to readers of screens, and to the style sheet.
	describe() {
		const {handlers} = this;
		const svg = this.box.querySelector("svg");
		this.elements = new Map();
		svg.setAttribute("role", "tree");
		svg.setAttribute("aria-label", "Flame graph");
		const scale = this.flame.width() / this.node.weight;
		for (const element of svg.querySelectorAll("g.frame")) {
			const {node} = d3.select(element).datum().data;
			this.elements.set(node.id, element);
			element.setAttribute("role", "treeitem");
			element.setAttribute("aria-level", node.depth + 1);
			element.setAttribute("aria-label", handlers.label(node));
			element.setAttribute("tabindex", node === this.node ? 0 : -1);
			element.classList.toggle("marked", handlers.isMarked(node));
			element.classList.toggle("zoomed", node === this.node);
			element.classList.toggle("thin", node.weight * scale < THIN_PX);
		}
	}
}
