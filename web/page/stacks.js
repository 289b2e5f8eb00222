// SPDX-License-Identifier: MIT
// The stacks of one event and of those whom the reader chose, as a tree in arrays: node 0 is all of
// them, and a parent stands before its children. Whatever is shown is added up from here.

class Stacks {
	// isChosen(who) says who takes part; byCommand puts a node for each command under the root.
	constructor(profile, event, isChosen, byCommand) {
		const rows = profile.rows.filter((part) => part.event === event && isChosen(part.who));
		this.profile = profile;
		if (byCommand)
			this.splitByCommand(rows);
		else
			this.takeAll(rows);
		this.addUp();
		this.linkChildren();
	}

	makeRoom(count) {
		this.count = count;
		this.self = new Float64Array(count);
		this.selfSamples = new Float64Array(count);
	}

	takeAll(rows) {
		this.parent = this.profile.parent;
		this.frame = this.profile.frame;
		this.makeRoom(this.profile.count);
		for (const part of rows)
			this.add(part, (node) => node);
	}

	// The nodes that each command's stacks have, once for each command.
	splitByCommand(rows) {
		const {parent: above, frame: what, count} = this.profile;
		const parent = [-1], frame = [0], now = new Int32Array(count);
		const owner = new Int32Array(count).fill(-1);
		const parts = Map.groupBy(rows, (part) => this.profile.commandFrame(part.who));
		const path = [];
		const places = [];
		for (const [command, list] of parts) {
			owner[0] = command;
			now[0] = parent.push(0) - 1;
			frame.push(command);
			for (const part of list)
				places.push([part, part.node.map((node) => {
					let at = node;
					for (; owner[at] !== command; at = above[at])
						path.push(at);
					while (path.length) {
						at = path.pop();
						owner[at] = command;
						now[at] = parent.push(now[above[at]]) - 1;
						frame.push(what[at]);
					}
					return now[node];
				})]);
		}
		this.parent = Int32Array.from(parent);
		this.frame = Int32Array.from(frame);
		this.makeRoom(parent.length);
		for (const [part, place] of places)
			this.add(part, (node, i) => place[i]);
	}

	add(part, place) {
		for (let i = 0; i < part.node.length; i++) {
			const at = place(part.node[i], i);
			this.self[at] += part.weight[i];
			this.selfSamples[at] += part.samples[i];
		}
	}

	addUp() {
		this.total = this.self.slice();
		this.samples = this.selfSamples.slice();
		for (let i = this.count - 1; i > 0; i--) {
			this.total[this.parent[i]] += this.total[i];
			this.samples[this.parent[i]] += this.samples[i];
		}
	}

	// Where the children of each node begin in a list of all children; only those with samples.
	linkChildren() {
		const first = new Int32Array(this.count + 1);
		for (let i = 1; i < this.count; i++)
			if (this.samples[i] > 0)
				first[this.parent[i] + 1]++;
		for (let i = 0; i < this.count; i++)
			first[i + 1] += first[i];
		const next = first.slice();
		this.children = new Int32Array(first[this.count]);
		for (let i = 1; i < this.count; i++)
			if (this.samples[i] > 0)
				this.children[next[this.parent[i]]++] = i;
		this.first = first;
	}

	// The nodes of a function that it did not itself call.
	outermost(number) {
		const {profile, parent, frame} = this;
		const isIt = (node) => node > 0 && profile.functionOf(frame[node]) === number;
		const found = [];
		for (let i = 1; i < this.count; i++) {
			if (this.samples[i] === 0 || !isIt(i))
				continue;
			let at = parent[i];
			while (at > 0 && !isIt(at))
				at = parent[at];
			if (at <= 0)
				found.push(i);
		}
		return found;
	}
}

// What each function has by itself and with all that it called, each stack counted once however
// often the function is in it: how many of a function's nodes the walk is under says so.
function addUpFunctions(stacks) {
	const {profile, first, children} = stacks;
	const self = new Float64Array(profile.functionCount);
	const total = new Float64Array(profile.functionCount);
	const under = new Int32Array(profile.functionCount);
	const walk = [0];
	while (walk.length) {
		const step = walk.pop();
		const node = step < 0 ? ~step : step;
		const number = node > 0 ? profile.functionOf(stacks.frame[node]) : -1;
		if (step < 0) {
			under[number]--;
			continue;
		}
		if (number >= 0) {
			self[number] += stacks.self[node];
			if (under[number]++ === 0)
				total[number] += stacks.total[node];
			walk.push(~node);
		}
		for (let i = first[node]; i < first[node + 1]; i++)
			walk.push(children[i]);
	}
	return {self, total};
}
