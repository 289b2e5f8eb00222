// SPDX-License-Identifier: MIT
// Which frames a text is in the name of, whatever their case, and what share of the samples has one
// of them in its stack. A stack counts once.

class Search {
	constructor(stacks, text) {
		const {profile} = stacks;
		const wanted = text.trim().toLowerCase();
		const isIn = (name) => name.toLowerCase().includes(wanted);
		this.isEmpty = wanted === "";
		this.functions = this.isEmpty ? [] : profile.functions.name.map(isIn);
		this.commands = this.isEmpty ? [] : profile.comms.map(isIn);
		this.weight = 0;
		this.found = 0;
		if (!this.isEmpty)
			this.addUp(stacks);
	}

	// Whether a frame is among what was found.
	has(profile, frame) {
		if (frame < 0)
			return false;
		const number = profile.functionOf(frame);
		return number >= 0 ? this.functions[number]
			: this.commands[frame - 2 * profile.functionCount];
	}

	addUp(stacks) {
		const {profile, parent, frame, total, samples} = stacks;
		const inside = new Uint8Array(stacks.count);
		const seen = new Set();
		for (let i = 1; i < stacks.count; i++) {
			const isFound = samples[i] > 0 && this.has(profile, frame[i]);
			if (isFound)
				seen.add(frame[i] < 2 * profile.functionCount ? frame[i] >> 1 : -frame[i]);
			if (isFound && !inside[parent[i]])
				this.weight += total[i];
			inside[i] = isFound || inside[parent[i]];
		}
		this.found = seen.size;
	}
}
