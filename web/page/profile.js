// SPDX-License-Identifier: MIT
// The profile that the page carries: what cli/export/html_data.c wrote, as arrays by number. A frame
// is a number too: twice a function's, and one where it is inlined; -N stands for N smaller ones;
// what lies past the functions is a command.

const KINDS = ["kernel", "library", "program", "jit", "unknown"];

class Profile {
	constructor(raw) {
		Object.assign(this, {
			about: raw.about, losses: raw.losses, events: raw.events, modules: raw.modules,
			functions: raw.functions, whos: raw.whos, sums: raw.sums || null,
			leftOut: raw.nodes.left_out, leftBelow: raw.nodes.left_below,
		});
		this.comms = [...new Set(raw.whos.comm)];
		this.commOf = new Map(this.comms.map((comm, number) => [comm, number]));
		this.readNodes(raw.nodes);
		this.rows = raw.rows.map(readRows);
	}

	readNodes(nodes) {
		this.count = nodes.up.length + 1;
		this.parent = new Int32Array(this.count);
		this.frame = new Int32Array(this.count);
		this.parent[0] = -1;
		for (let i = 1; i < this.count; i++) {
			this.parent[i] = i - nodes.up[i - 1];
			this.frame[i] = nodes.frame[i - 1];
		}
	}

	get functionCount() {
		return this.functions.name.length;
	}

	// The frame that stands for a command.
	commandFrame(who) {
		return 2 * this.functionCount + this.commOf.get(this.whos.comm[who]);
	}

	// The function of a frame, or -1.
	functionOf(frame) {
		return frame >= 0 && frame < 2 * this.functionCount ? frame >> 1 : -1;
	}

	nameOf(frame) {
		if (frame < 0)
			return "(" + grouped(-frame) + " smaller)";
		if (frame >= 2 * this.functionCount)
			return this.comms[frame - 2 * this.functionCount] || "(no name)";
		return this.functions.name[frame >> 1];
	}

	// The module of a function: its path, and the name that it is known by.
	pathOf(number) {
		return this.modules[this.functions.module[number]];
	}

	moduleOf(number) {
		const path = this.pathOf(number);
		return path.startsWith("/") ? path.slice(path.lastIndexOf("/") + 1) : path;
	}

	kindOf(frame) {
		if (frame < 0)
			return "smaller";
		const number = this.functionOf(frame);
		return number < 0 ? "command" : KINDS[this.functions.kind[number]];
	}
}

function readRows(part) {
	const node = new Int32Array(part.step.length);
	for (let i = 0, at = 0; i < node.length; i++)
		node[i] = at += part.step[i];
	const samples = Float64Array.from(part.samples);
	const weight = part.weight ? Float64Array.from(part.weight) : samples;
	return {event: part.event, who: part.who, node, samples, weight};
}

// Reads the page's own data, and lets go of the text.
function readProfile(element) {
	const profile = new Profile(JSON.parse(element.textContent));
	element.remove();
	return profile;
}
