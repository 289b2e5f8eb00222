// SPDX-License-Identifier: MIT
// What a frame says when it is pointed at, or reached by keyboard: lines of text beside it. It is
// called as d3-flame-graph calls a tooltip.

function makeTip(box, describe) {
	function place(x, y) {
		const gap = 12, {offsetWidth: width, offsetHeight: height} = box;
		const left = x + gap + width > innerWidth ? x - gap - width : x + gap;
		const top = y + gap + height > innerHeight ? y - gap - height : y + gap;
		box.style.left = Math.max(4, Math.min(left, innerWidth - width - 4)) + "px";
		box.style.top = Math.max(4, top) + "px";
	}

	function fill(node) {
		const {name, module, lines} = describe(node);
		box.replaceChildren(element("strong", name));
		if (module)
			box.append(element("span", module, "module"));
		for (const line of lines)
			box.append(element("span", line));
		box.hidden = false;
	}

	const tip = () => {};
	tip.show = (event, d) => {
		fill(d.data.node);
		place(event.clientX, event.clientY);
	};
	tip.showAt = (frame, node) => {
		const at = frame.getBoundingClientRect();
		fill(node);
		place(Math.max(at.left, 0), at.bottom);
	};
	tip.hide = () => {
		box.hidden = true;
	};
	addEventListener("scroll", tip.hide, true);
	return tip;
}

// An element with a text: the only way by which names get into the page.
function element(tag, text, className) {
	const made = document.createElement(tag);
	if (text !== undefined)
		made.textContent = text;
	if (className)
		made.className = className;
	return made;
}
