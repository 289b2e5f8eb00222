// SPDX-License-Identifier: MIT
// What was recorded and what is missing: the head of the page. Nothing that is missing is left out.

function showAbout(profile, list) {
	const {about} = profile;
	const samples = profile.events.reduce((sum, event) => sum + event.samples, 0);
	const items = [
		["Host", about.host],
		["Kernel", [about.kernel, about.arch].filter(Boolean).join(" ")],
		["Duration", about.duration_ns > 0 ? duration(about.duration_ns) : ""],
		["Samples", grouped(samples)],
	];
	for (const [term, words] of items) {
		if (!words)
			continue;
		const item = element("div");
		item.append(element("dt", term), element("dd", words));
		list.append(item);
	}
}

// Why numbers are less than the truth, one line for each reason.
function missing(profile) {
	const {losses} = profile;
	const lines = [];
	const say = (count, words) => {
		if (count > 0)
			lines.push(words);
	};
	say(losses.lost, `${counted(losses.lost, "record")} lost: the recorder did not keep up`);
	say(losses.throttled, `Throttled ${counted(losses.throttled, "time")}: ` +
		"the kernel paused events that came too often");
	say(losses.late, `${counted(losses.late, "record")} out of order`);
	say(losses.unread_bytes, `${counted(losses.unread_bytes, "byte")} of the file not read`);
	say(losses.outside, `${counted(losses.outside, "sample")} where nothing was mapped`);
	say(losses.cut, `${counted(losses.cut, "sample")} whose callers are not all known`);
	say(losses.filtered, `${counted(losses.filtered, "sample")} left out, as was asked`);
	if (profile.leftOut)
		lines.push(`${counted(profile.leftOut, "stack")} of at most ` +
			`${(100 * profile.leftBelow).toPrecision(2)}% each drawn together as “smaller”, ` +
			"so that the page opens; functions of single commands, threads or CPUs may lack them");
	return lines;
}

// What share of an event's samples has no symbol for the function that ran.
function withoutSymbols(profile, sums) {
	let weight = 0;
	for (let i = 0; i < profile.functionCount; i++)
		if (!profile.functions.known[i])
			weight += sums.self[i];
	return weight;
}

function showMissing(profile, sums, whole, box) {
	const lines = missing(profile);
	const unknown = withoutSymbols(profile, sums);
	if (unknown > 0)
		lines.push(`${percent(unknown, whole)} of what is shown ran in functions without symbols`);
	box.hidden = lines.length === 0;
	box.querySelector("summary").textContent = `Missing: ${counted(lines.length, "thing")}`;
	box.querySelector("ul").replaceChildren(...lines.map((line) => element("li", line)));
}
