// SPDX-License-Identifier: MIT
// What the reader chose, and what follows from it: a change of the event or of whom adds the stacks
// up anew, a change of the view draws others of their trees, a search only colours.

const byId = (id) => document.getElementById(id);

class Page {
	constructor(profile) {
		this.profile = profile;
		Object.assign(this, {event: 0, way: "flame", only: -1, chosen: -1, text: ""});
		this.tip = makeTip(byId("tip"), (node) => this.describe(node));
		this.chart = new Chart(byId("flames"), this.tip, {
			name: (node) => this.nameOf(node),
			label: (node) => this.labelOf(node),
			colour: (node) => this.colourOf(node),
			isMarked: (node) => this.isMarked(node),
			open: (node) => this.open(node),
		});
		this.keys = new Keys(this.chart, this.tip, {open: (node) => this.open(node)});
		this.table = new Table(document.querySelector("table"), byId("more"),
			(number) => this.choose(number === this.chosen ? -1 : number, false));
		byId("command").textContent = profile.about.command || "report";
		document.title = `${profile.about.command || "report"} – perfev`;
		showAbout(profile, byId("about"));
		showLegend(byId("legend"), profile);
		this.listen();
		this.showEvents();
	}

	listen() {
		const {profile} = this;
		const change = (id, then) => byId(id).addEventListener("change", then);
		change("event", (event) => this.takeEvent(Number(event.target.value)));
		change("whom", () => this.takeStacks());
		change("by-command", () => this.takeStacks());
		for (const input of document.querySelectorAll("input[name=view]"))
			input.addEventListener("change", () => this.look(input.value, this.only));
		for (const input of document.querySelectorAll("input[name=panes]"))
			input.addEventListener("change", () => this.arrange(input.value));
		byId("search").addEventListener("input", (event) => {
			this.text = event.target.value;
			this.search();
			this.chart.draw();
			this.chart.reveal((node) => node.frame !== null && this.found.has(profile, node.frame));
		});
		byId("callees").addEventListener("click", () => this.look(
			this.way === "callers" ? "flame" : this.way, this.chosen));
		byId("callers").addEventListener("click", () => this.look("callers", this.chosen));
		byId("forget").addEventListener("click", () => this.choose(-1, false));
		addEventListener("keydown", (event) => this.press(event));
		addEventListener("click", (event) => {
			if (!byId("missing").contains(event.target))
				byId("missing").open = false;
		}, true);
		new ResizeObserver(() => this.chart.isStale() && this.chart.draw()).observe(byId("flames"));
	}

	press(event) {
		const isTyping = event.target.matches("input[type=search], select");
		if (event.key === "/" && !isTyping) {
			byId("search").focus();
			event.preventDefault();
		} else if (event.key === "Escape" && !isTyping) {
			this.look(this.way, -1);
			this.open(this.view.root);
		}
	}

	showEvents() {
		const {events} = this.profile;
		const select = byId("event");
		events.forEach((event, number) => select.append(new Option(event.name, number)));
		select.disabled = events.length < 2;
		const first = events.findIndex((event) => event.samples > 0);
		select.value = Math.max(first, 0);
		if (events.length)
			this.takeEvent(Math.max(first, 0));
		else
			byId("nothing").hidden = false;
	}

	takeEvent(event) {
		this.event = event;
		this.choices = showWhom(byId("whom"), this.profile, event);
		this.takeStacks();
	}

	takeStacks() {
		const {profile} = this;
		const whos = this.choices[byId("whom").value];
		const isChosen = (who) => !whos || whos.has(who);
		const comms = new Set(profile.rows.filter((part) => part.event === this.event &&
			isChosen(part.who)).map((part) => profile.whos.comm[part.who]));
		byId("by-command").hidden = comms.size < 2;
		const byCommand = comms.size > 1 && byId("by-command").querySelector("input").checked;
		this.stacks = new Stacks(profile, this.event, isChosen, byCommand);
		this.whole = this.stacks.total[0];
		this.sums = !whos && profile.sums ? profile.sums[this.event] : addUpFunctions(this.stacks);
		byId("nothing").hidden = this.whole > 0;
		showMissing(profile, this.sums, this.whole, byId("missing"));
		this.showWhole();
		this.view = null;
		this.search();
		this.choose(this.chosen, false, false);
		this.look(this.way, this.only);
	}

	showWhole() {
		const {name, weight} = this.profile.events[this.event];
		const samples = this.stacks.samples[0];
		const parts = [counted(samples, "sample")];
		if (this.whole !== samples)
			parts.push(`${grouped(this.whole)} ${name}`);
		if (this.whole !== weight)
			parts.push(`${percent(this.whole, weight)} of all`);
		byId("whole").textContent = parts.join(" · ");
	}

	// Shows a view, of all functions (-1) or only one.
	look(way, only) {
		const isReversed = way === "callers";
		const isKept = this.view && this.view.isReversed === isReversed && this.only === only;
		if (!isKept) {
			this.view = new View(this.stacks, isReversed, only);
			this.node = this.view.root;
		}
		Object.assign(this, {way, only});
		document.querySelector(`input[name=view][value=${way}]`).checked = true;
		this.open(this.node, true);
	}

	// Zooms to a node of the view.
	open(node, isQuiet = false) {
		this.node = node;
		this.tip.hide();
		if (!isQuiet && node.frame !== null)
			this.choose(this.profile.functionOf(node.frame), true, false);
		this.chart.show(this.view, node, this.way !== "flame");
		this.showPath();
	}

	showPath() {
		const steps = pathTo(this.node).map((node) => [this.nameOf(node), () => this.open(node)]);
		if (this.only >= 0)
			steps.unshift(["All", () => this.look(this.way, -1)]);
		byId("path").replaceChildren(...steps.map(([name, go], i) => {
			const item = element("li");
			const button = element("button", name);
			button.type = "button";
			button.title = name;
			button.addEventListener("click", go);
			if (i === steps.length - 1)
				button.setAttribute("aria-current", "true");
			item.append(button);
			return item;
		}));
		byId("path").scrollLeft = byId("path").scrollWidth;
	}

	// Marks a function in the graph and the table, or none.
	choose(number, isMoving, isDrawn = true) {
		this.chosen = number;
		this.table.mark(number, isMoving);
		byId("chosen").hidden = number < 0;
		if (number >= 0) {
			const {name} = this.profile.functions;
			byId("chosen").querySelector("p").replaceChildren(
				element("code", name[number]),
				` self ${percent(this.sums.self[number], this.whole)}, ` +
				`total ${percent(this.sums.total[number], this.whole)}`);
		}
		if (isDrawn) {
			this.chart.draw();
			this.chart.reveal((node) => this.isMarked(node));
		}
	}

	search() {
		this.found = new Search(this.stacks, this.text);
		const {functions, isEmpty, found, weight} = this.found;
		byId("found").textContent = isEmpty ? "" : found === 0 ? "Nothing found"
			: `${counted(found, "match", "matches")}: ${percent(weight, this.whole)}`;
		this.table.show(this.profile, this.sums, this.whole, (i) => isEmpty || functions[i]);
	}

	nameOf(node) {
		return node.frame === null ? "All" : this.profile.nameOf(node.frame);
	}

	isMarked(node) {
		return node.frame !== null && this.chosen >= 0 &&
			this.profile.functionOf(node.frame) === this.chosen;
	}

	colourOf(node) {
		if (this.isMarked(node))
			return "var(--marked)";
		const isGrey = !this.found.isEmpty && node.frame !== null &&
			!this.found.has(this.profile, node.frame);
		return isGrey ? "var(--grey)" : colourOf(this.profile, node.frame);
	}

	labelOf(node) {
		return `${this.nameOf(node)}, ${percent(node.weight, this.whole)}, ` +
			counted(node.samples, "sample");
	}

	// What the tip says of a node.
	describe(node) {
		const {profile, whole} = this;
		const {name: unit} = profile.events[this.event];
		const lines = [`${percent(node.weight, whole)} · ${counted(node.samples, "sample")}` +
			(node.weight === node.samples ? "" : ` · ${grouped(node.weight)} ${unit}`)];
		if (!this.view.isReversed && node.self > 0 && node.frame !== null)
			lines.push(`${percent(node.self, whole)} by itself`);
		if (this.node.weight !== whole && node.depth > this.node.depth)
			lines.push(`${percent(node.weight, this.node.weight)} of ${this.nameOf(this.node)}`);
		const number = node.frame === null ? -1 : profile.functionOf(node.frame);
		if (number >= 0 && node.frame % 2 === 1)
			lines.push("inlined into its caller");
		if (number >= 0 && !profile.functions.known[number])
			lines.push("no symbol for it");
		return {name: this.nameOf(node), module: number < 0 ? "" : profile.pathOf(number), lines};
	}

	arrange(panes) {
		document.querySelector("main").dataset.panes = panes;
	}
}
