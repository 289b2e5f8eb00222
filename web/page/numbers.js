// SPDX-License-Identifier: MIT
// Numbers as people read them, and as the terminal prints them: thousands grouped by commas,
// shares with two decimals. The two must never differ.

function grouped(value) {
	return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
}

// A share in percent. printf() rounds what lies in the middle to even, toFixed() rounds it up: only
// odd eighths lie in the middle.
function percent(part, whole) {
	const value = whole > 0 ? 100 * part / whole : 0;
	const eighths = value * 8;
	if (Number.isInteger(eighths) && eighths % 2 !== 0) {
		const below = Math.floor(value * 100);
		return ((below % 2 === 0 ? below : below + 1) / 100).toFixed(2) + "%";
	}
	return value.toFixed(2) + "%";
}

// So many of a thing: "1 sample", "2,345 samples".
function counted(count, one, many = one + "s") {
	return grouped(count) + " " + (count === 1 ? one : many);
}

function duration(ns) {
	const s = ns / 1e9;
	if (s < 1)
		return s * 1000 < 1 ? (s * 1e6).toFixed(1) + " µs" : (s * 1000).toFixed(1) + " ms";
	if (s < 120)
		return s.toFixed(2) + " s";
	const minutes = Math.floor(s / 60);
	return minutes < 120 ? minutes + " min " + Math.round(s % 60) + " s"
		: Math.floor(minutes / 60) + " h " + minutes % 60 + " min";
}
