// SPDX-License-Identifier: MIT
// Colours say whose code a frame is, not chance; three shades of each, by name, tell neighbours
// apart. The style sheet has what they are in the dark and in the light.

const LEGEND = [
	["program", "Program"], ["library", "Library"], ["kernel", "Kernel"],
	["jit", "Made at run time (JIT)"], ["unknown", "Unknown"], ["command", "Command"],
	["smaller", "Smaller, together"],
];
const SHADES = 3;

function shadeOf(name) {
	let hash = 0;
	for (let i = 0; i < name.length; i++)
		hash = (hash * 31 + name.charCodeAt(i)) >>> 0;
	return hash % SHADES;
}

function colourOf(profile, frame) {
	return frame === null ? "var(--all)"
		: `var(--${profile.kindOf(frame)}-${shadeOf(profile.nameOf(frame))})`;
}

// Only the kinds that the profile has. What is too narrow may be drawn together in any.
function showLegend(list, profile) {
	const there = new Set(profile.functions.kind.map((kind) => KINDS[kind]));
	if (profile.comms.length > 1)
		there.add("command");
	there.add("smaller");
	for (const [kind, words] of LEGEND) {
		if (!there.has(kind))
			continue;
		const item = element("li", words);
		const patch = element("i");
		patch.style.background = `var(--${kind}-0)`;
		item.prepend(patch);
		list.append(item);
	}
}
