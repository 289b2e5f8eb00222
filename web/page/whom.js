// SPDX-License-Identifier: MIT
// Whose samples are shown: all, or those of a command, process, thread, CPU or cgroup, of those that
// the profile tells apart. Each says its share of the event, and the most come first.

const WHOM = [
	["Commands", (whos, i) => whos.comm[i] || null, (value) => value],
	["Processes", (whos, i) => whos.pid[i], (value, comm) => `${comm} ${value}`.trim()],
	["Threads", (whos, i) => whos.tid[i], (value, comm) => `${comm} ${value}`.trim()],
	["CPUs", (whos, i) => whos.cpu[i], (value) => `CPU ${value}`],
	["Cgroups", (whos, i) => whos.cgroup[i], (value) => value],
];

// The groups of choices for an event: [words, [{words, weight, whos}]].
function whomToChoose(profile, event) {
	const weights = new Float64Array(profile.whos.comm.length);
	for (const part of profile.rows)
		if (part.event === event)
			weights[part.who] += part.weight.reduce((sum, weight) => sum + weight, 0);
	const groups = [];
	for (const [title, valueOf, wordsOf] of WHOM) {
		const found = new Map();
		for (let i = 0; i < weights.length; i++) {
			const value = valueOf(profile.whos, i);
			if (value === null || weights[i] === 0)
				continue;
			if (!found.has(value))
				found.set(value, {words: wordsOf(value, profile.whos.comm[i]), weight: 0,
					whos: new Set()});
			const choice = found.get(value);
			choice.weight += weights[i];
			choice.whos.add(i);
		}
		if (found.size > 1)
			groups.push([title, [...found.values()].sort((a, b) => b.weight - a.weight)]);
	}
	return groups;
}

// Fills the list. Returns what its values stand for: a set of whos, or null for all.
function showWhom(select, profile, event) {
	const whole = profile.events[event].weight;
	const choices = [null];
	const all = new Option("All", 0);
	select.replaceChildren(all);
	for (const [title, list] of whomToChoose(profile, event)) {
		const group = element("optgroup");
		group.label = title;
		for (const choice of list) {
			group.append(new Option(`${choice.words} (${percent(choice.weight, whole)})`,
				choices.length));
			choices.push(choice.whos);
		}
		select.append(group);
	}
	select.disabled = choices.length === 1;
	return choices;
}
