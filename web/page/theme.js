// SPDX-License-Identifier: MIT
// Dark and light: as the system has it, until the reader says otherwise. Where the browser lets the
// page keep something, it keeps that.

const DARK = matchMedia("(prefers-color-scheme: dark)");

function keptTheme(theme) {
	try {
		if (theme)
			localStorage.setItem("perfev-theme", theme);
		return localStorage.getItem("perfev-theme");
	} catch {
		return theme;
	}
}

function startTheme(button) {
	const root = document.documentElement;
	let theme = keptTheme();
	const show = () => {
		const isDark = theme ? theme === "dark" : DARK.matches;
		root.dataset.theme = isDark ? "dark" : "light";
		button.textContent = isDark ? "☀" : "☾";
		button.title = isDark ? "To light" : "To dark";
		button.setAttribute("aria-pressed", isDark);
	};
	button.addEventListener("click", () => {
		theme = root.dataset.theme === "dark" ? "light" : "dark";
		keptTheme(theme);
		show();
	});
	DARK.addEventListener("change", show);
	show();
}

