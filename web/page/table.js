// SPDX-License-Identifier: MIT
// The functions as a table beside the graph: what each has by itself and with all that it called,
// sortable by each column, the most of them behind a button, since few readers want them all.

const FIRST_ROWS = 100;
const MORE_ROWS = 500;
const COLUMNS = ["name", "module", "self", "total"];

class Table {
	// choose(number) is called with the function that was clicked
	constructor(table, more, choose) {
		Object.assign(this, {table, more, choose, sort: "self", isUp: false, chosen: -1});
		this.body = table.tBodies[0];
		for (const button of table.querySelectorAll("button[data-sort]"))
			button.addEventListener("click", () => this.sortBy(button.dataset.sort));
		more.addEventListener("click", () => {
			this.limit += MORE_ROWS;
			this.fill();
		});
		this.body.addEventListener("click", (event) => {
			const row = event.target.closest("tr");
			if (row)
				choose(Number(row.dataset.number));
		});
	}

	// sums: self and total by function; whole: what is 100%; isShown(number): what is looked for
	show(profile, sums, whole, isShown) {
		Object.assign(this, {profile, sums, whole, limit: FIRST_ROWS});
		this.numbers = [];
		for (let i = 0; i < profile.functionCount; i++)
			if (sums.total[i] > 0 && isShown(i))
				this.numbers.push(i);
		this.table.style.setProperty("--digits", grouped(whole).length);
		this.order();
		this.fill();
	}

	sortBy(column) {
		this.isUp = this.sort === column ? !this.isUp : column === "name" || column === "module";
		this.sort = column;
		this.limit = FIRST_ROWS;
		this.order();
		this.fill();
		this.table.parentElement.scrollTop = 0;
	}

	order() {
		const {profile, sums} = this;
		const name = (i) => profile.functions.name[i];
		const module = (i) => profile.moduleOf(i);
		const text = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
		const by = {
			name: (a, b) => text(name(a), name(b)),
			module: (a, b) => text(module(a), module(b)) || sums.self[b] - sums.self[a],
			self: (a, b) => sums.self[a] - sums.self[b] || sums.total[a] - sums.total[b],
			total: (a, b) => sums.total[a] - sums.total[b] || sums.self[a] - sums.self[b],
		}[this.sort];
		const sign = this.isUp ? 1 : -1;
		this.numbers.sort((a, b) => sign * by(a, b) || a - b);
		for (const column of COLUMNS) {
			const button = this.table.querySelector(`button[data-sort=${column}]`);
			const isSorted = column === this.sort;
			button.classList.toggle("sorted", isSorted);
			button.dataset.way = isSorted ? (this.isUp ? "up" : "down") : "";
			button.setAttribute("aria-pressed", isSorted);
		}
		for (const head of this.table.tHead.rows[0].cells) {
			const sorted = head.querySelector("button.sorted");
			head.setAttribute("aria-sort",
				!sorted ? "none" : this.isUp ? "ascending" : "descending");
		}
	}

	fill() {
		const shown = this.numbers.slice(0, this.limit);
		const at = this.numbers.indexOf(this.chosen);
		if (at >= this.limit)
			shown.push(this.chosen);
		this.body.replaceChildren(...shown.map((number) => this.row(number)));
		const left = this.numbers.length - Math.min(this.limit, this.numbers.length);
		this.more.hidden = left === 0;
		this.more.textContent = `Show more (${counted(left, "function")} left)`;
	}

	row(number) {
		const {profile, sums, whole} = this;
		const row = element("tr");
		const what = element("td", undefined, "what");
		const button = element("button", profile.functions.name[number]);
		const module = element("span", profile.moduleOf(number), "module");
		button.type = "button";
		button.title = profile.functions.name[number];
		module.title = profile.pathOf(number);
		what.append(button, module);
		what.style.setProperty("--kind", `var(--${KINDS[profile.functions.kind[number]]}-0)`);
		row.dataset.number = number;
		row.append(what, share(sums.self[number], whole), share(sums.total[number], whole));
		if (number === this.chosen)
			row.setAttribute("aria-selected", "true");
		return row;
	}

	// Marks a function, or none; brings it into sight.
	mark(number, isMoving) {
		this.chosen = number;
		for (const row of this.body.querySelectorAll("tr[aria-selected]"))
			row.removeAttribute("aria-selected");
		if (number < 0)
			return;
		let row = this.body.querySelector(`tr[data-number="${number}"]`);
		if (!row && this.numbers.includes(number)) {
			this.fill();
			row = this.body.querySelector(`tr[data-number="${number}"]`);
		}
		if (!row)
			return;
		row.setAttribute("aria-selected", "true");
		if (isMoving)
			row.scrollIntoView({block: "nearest"});
	}
}

// A cell: the share above, with a bar as long, and the number below.
function share(part, whole) {
	const cell = element("td", undefined, "number");
	cell.append(element("b", percent(part, whole)), element("span", grouped(part)));
	cell.style.setProperty("--share", whole > 0 ? part / whole : 0);
	return cell;
}
