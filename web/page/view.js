// SPDX-License-Identifier: MIT
// What is drawn: a tree over the stacks, from callers to callees or the other way round, of all of
// them or of one function. A node is made when it is first looked at, so that even the tree of all
// callers, which may be far larger than that of the stacks, costs what is seen of it.

class View {
	// isReversed: from what ran to who called it. only: a function's number, or -1 for all.
	constructor(stacks, isReversed, only) {
		const start = only < 0 ? [0] : stacks.outermost(only);
		this.stacks = stacks;
		this.isReversed = isReversed;
		this.made = 0;
		this.root = this.make(null, only < 0 ? null : 2 * only);
		for (const at of start)
			this.put(this.root, at, stacks.total[at], stacks.samples[at]);
		if (isReversed && only < 0)
			this.root.children = this.innermost();
	}

	make(parent, frame) {
		return {
			id: this.made++, parent, frame, depth: parent ? parent.depth + 1 : 0,
			at: [], weights: [], counts: [], weight: 0, self: 0, samples: 0, children: null, rest: null,
		};
	}

	// A node of the stacks takes part in one of the view, with so much.
	put(node, at, weight, samples) {
		node.at.push(at);
		node.weights.push(weight);
		node.counts.push(samples);
		node.weight += weight;
		node.samples += samples;
		if (this.stacks.frame[at] < 0)
			node.frame += this.stacks.frame[at];
		if (!this.isReversed)
			node.self += this.stacks.self[at];
	}

	// The child that a frame has under a node, which is made where there is none yet. Those that
	// stand for smaller ones are one, which stands for all of these: put() counts them.
	childOf(node, frame, among) {
		const key = Math.max(frame, -1);
		let child = among.get(key);
		if (!child) {
			child = this.make(node, Math.max(frame, 0));
			among.set(key, child);
		}
		return child;
	}

	innermost() {
		const {stacks, root} = this, among = new Map();
		for (let at = 1; at < stacks.count; at++)
			if (stacks.selfSamples[at] > 0)
				this.put(this.childOf(root, stacks.frame[at], among), at, stacks.self[at],
					stacks.selfSamples[at]);
		return heaviestFirst(among);
	}

	// A node's children, those with the most first.
	childrenOf(node) {
		if (!node.children)
			node.children = this.isReversed ? this.callersOf(node) : this.calleesOf(node);
		return node.children;
	}

	calleesOf(node) {
		const {stacks} = this, among = new Map();
		for (const at of node.at)
			for (let i = stacks.first[at]; i < stacks.first[at + 1]; i++) {
				const child = stacks.children[i];
				this.put(this.childOf(node, stacks.frame[child], among), child,
					stacks.total[child], stacks.samples[child]);
			}
		return heaviestFirst(among);
	}

	callersOf(node) {
		const {stacks} = this, among = new Map();
		node.at.forEach((at, i) => {
			const parent = stacks.parent[at];
			if (parent > 0)
				this.put(this.childOf(node, stacks.frame[parent], among), parent,
					node.weights[i], node.counts[i]);
		});
		return heaviestFirst(among);
	}
}

function heaviestFirst(among) {
	return [...among.values()].sort((a, b) => b.weight - a.weight || a.frame - b.frame);
}

// From the root to a node.
function pathTo(node) {
	const path = [];
	for (let at = node; at; at = at.parent)
		path.unshift(at);
	return path;
}
