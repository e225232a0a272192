// Filters and sorting. All content is there without it.
"use strict";

const records = JSON.parse(
	document.getElementById("data")?.textContent ?? '{"records": []}').records;

function make(tag, properties, ...children) {
	const element = Object.assign(document.createElement(tag), properties);
	element.append(...children);
	return element;
}

// Sorting: a click on a column's head, again for the other direction. What has
// no number goes last.
function compare(column, isNumber, direction) {
	const cell = (row) => row.cells[column]?.textContent.trim() ?? "";
	const value = (row) => isNumber ? parseFloat(cell(row)) : cell(row);

	return (a, b) => {
		const x = value(a), y = value(b);

		if (isNumber && (isNaN(x) || isNaN(y)))
			return isNaN(x) - isNaN(y);
		return direction * (isNumber ? x - y :
			x.localeCompare(y, "en", {numeric: true}));
	};
}

function sort(table, head) {
	const descending = head.ariaSort === "ascending";
	const body = table.tBodies[0];
	const rows = [...body.rows].sort(compare(head.cellIndex,
		head.classList.contains("n"), descending ? -1 : 1));

	for (const other of head.parentElement.cells)
		other.removeAttribute("aria-sort");
	head.setAttribute("aria-sort", descending ? "descending" : "ascending");
	body.append(...rows);
}

function prepareTable(table) {
	const heads = table.tHead?.rows[0]?.cells ?? [];

	if (table.tBodies[0].rows.length < 2 || table.querySelector("button"))
		return;
	for (const head of heads) {
		const button = make("button", {type: "button"},
			...head.childNodes);

		button.addEventListener("click", () => sort(table, head));
		head.append(button);
	}
}

function prepareTables(element) {
	element.querySelectorAll("table").forEach(prepareTable);
}

// Filters: rows, sections and marks of the experiments that do not match are
// out of sight.
const parts = records.map(() => []);
for (const element of document.querySelectorAll("[data-i]"))
	parts[element.dataset.i].push(element);
const marks = new Map();
for (const link of document.querySelectorAll(".plot a"))
	marks.set(link.getAttribute("href"), link.firstElementChild);

function addBoxes(form, key) {
	const words = [...new Set(records.map((r) => r[key]))];

	for (const word of key === "outcome" || words.length > 1 ? words : []) {
		const count = records.filter((r) => r[key] === word).length;
		const box = make("input",
			{type: "checkbox", name: key, value: word, checked: true});
		const text = make("span", {className:
			key === "outcome" ? "badge " + word : ""}, word);

		form.append(make("label", {}, box, " ", text, ` ${count}`));
	}
}

function apply(form) {
	const off = [...form.querySelectorAll("[type=checkbox]:not(:checked)")];
	const words = form.search.value.toLowerCase().split(/\s+/);
	let shown = 0;

	records.forEach((record, i) => {
		const text = [record.experiment, record.reason, record.tried]
			.join(" ").toLowerCase();
		const matches = off.every((b) => record[b.name] !== b.value) &&
			words.every((w) => text.includes(w));

		shown += matches;
		parts[i].forEach((element) => element.hidden = !matches);
		marks.get("#" + record.experiment)
			?.classList.toggle("off", !matches);
	});
	form.querySelector("output").value =
		`${shown} of ${records.length} records`;
}

function openAll(open) {
	for (const d of document.querySelectorAll("details.experiment"))
		d.open = open && !d.hidden;
}

function prepareFilter(form) {
	const search = make("input", {type: "search", name: "search"});
	const open = make("button", {type: "button"}, "Open all");
	const close = make("button", {type: "button"}, "Close all");

	addBoxes(form, "outcome");
	addBoxes(form, "device");
	addBoxes(form, "proposer");
	form.append(make("label", {}, "Search ", search), open, close,
		make("output", {}));
	form.addEventListener("input", () => apply(form));
	form.addEventListener("submit", (event) => event.preventDefault());
	open.addEventListener("click", () => openAll(true));
	close.addEventListener("click", () => openAll(false));
	form.hidden = false;
	apply(form);
}

// A link to an experiment opens it.
function openTarget() {
	const target = document.getElementById(location.hash.slice(1));
	const details = target?.closest("details");

	if (details) {
		details.hidden = false;
		details.open = true;
		details.scrollIntoView();
		details.firstElementChild.focus({preventScroll: true});
	}
}

// A page that `make serve` gives has a stamp: when that changes, the page is
// loaded again, and looks as it did.
const stamp = document.querySelector("meta[name=stamp]")?.content;

function keep() {
	const fields = [...document.querySelectorAll("#filter input")];

	sessionStorage.setItem(location.pathname, JSON.stringify({
		at: scrollY,
		open: [...document.querySelectorAll("details[open]")]
			.map((d) => d.id),
		off: fields.filter((f) => f.type === "checkbox" && !f.checked)
			.map((f) => f.name + "=" + f.value),
		search: fields.find((f) => f.name === "search")?.value ?? ""}));
}

function restore() {
	const kept = JSON.parse(sessionStorage.getItem(location.pathname));
	const form = document.getElementById("filter");

	if (!kept)
		return;
	sessionStorage.removeItem(location.pathname);
	for (const box of form?.querySelectorAll("[type=checkbox]") ?? [])
		box.checked = !kept.off.includes(box.name + "=" + box.value);
	if (form?.search) {
		form.search.value = kept.search;
		apply(form);
	}
	for (const id of kept.open.filter((id) => id))
		document.getElementById(id)?.setAttribute("open", "");
	scrollTo(0, kept.at);
}

async function look() {
	const now = await fetch("/stamp").then((r) => r.text(), () => stamp);

	if (now === stamp)
		return;
	keep();
	location.reload();
}

document.querySelectorAll("main table").forEach((table) => {
	if (!table.closest("details"))
		prepareTable(table);
});
document.addEventListener("toggle",
	(event) => event.target.open && prepareTables(event.target), true);
addEventListener("hashchange", openTarget);
if (document.getElementById("filter") && records.length)
	prepareFilter(document.getElementById("filter"));
openTarget();
if (stamp) {
	restore();
	setInterval(look, 2000);
}
