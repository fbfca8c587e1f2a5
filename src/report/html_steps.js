// the charts of a step, below its row of the table
(function (page) {
"use strict";
var all = page.all, make = page.make, X = page.SVG_WIDTH, Y = 1000, HEIGHT = 150;

function attributes(e, list) {
	Object.keys(list).forEach(function (name) { e.setAttribute(name, list[name]); });
	return e;
}
function svg(name, owner, list) { return attributes(make(name, "", owner, true), list); }

// the upright axis; chart_axis.c knows the same steps
function linear(high) {
	var rough = high / 4.5, power = Math.pow(10, Math.floor(Math.log10(rough))), digit = rough / power;
	var step = (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10) * power, ticks = [], t;
	high = Math.ceil(high / step - 1e-9) * step;
	for (t = 0; t <= high + step / 2; t += step) ticks.push(t);
	return {low: 0, high: high, ticks: ticks};
}
function logarithmic(low, high) {
	var ticks = [], close = high / low < 100, power = Math.floor(Math.log10(low) + 1e-9), i, tick;
	for (i = 0; i < 40; i++) {
		tick = close ? [1, 2, 5][i % 3] * Math.pow(10, power + Math.floor(i / 3)) : Math.pow(10, power + i);
		if (tick <= low * 1.000001) ticks = [];
		ticks.push(tick);
		if (tick >= high * 0.999999 && ticks.length > 1) break;
	}
	return {low: ticks[0], high: ticks[ticks.length - 1], ticks: ticks, log: true};
}
function scale_of(chart, log) {
	var values = [].concat.apply([], chart.lines.map(function (l) { return l.v; })).filter(function (v) { return v > 0; });
	var high = Math.max.apply(null, values.concat(0));
	return log && high > 0 ? logarithmic(Math.min.apply(null, values), high) : linear(high || 1);
}
function y_of(scale, v) {
	var share = scale.log ? Math.log(Math.max(v, scale.low) / scale.low) / Math.log(scale.high / scale.low) : v / scale.high;
	return Y * (1 - share);
}

function path(chart, values, scale) {
	var text = "", drawing = false, last = values.length - 1;
	values.forEach(function (v, i) {
		var y = Math.round(y_of(scale, v));
		if (v === null) {
			drawing = false;
			return;
		}
		if (!drawing) text += chart.clock && i === 0 ? "M0 " + y + " " : "M";
		else text += " ";
		text += Math.round(chart.at[i] * X) + " " + y;
		if (chart.clock && i === last) text += " " + X + " " + y;
		else if (!drawing && (i === last || values[i + 1] === null)) text += "h1";
		drawing = true;
	});
	return text;
}
function put_label(labels, share, text) {
	svg("text", labels, {x: share * 100 + "%", y: HEIGHT + 26, "class": share < 0.02 ? "s" : share > 0.97 ? "e" : ""}).textContent = text;
}
function put_labels(labels, chart) {
	var length = page.data().length, step = page.step_of(length), at, decades, i;
	if (chart.clock) {
		for (at = 0; at <= length * 1.0001; at += step) put_label(labels, at / length, page.clock(at));
		return;
	}
	decades = Math.max(1, Math.round(-Math.log10(1 - chart.of[chart.of.length - 1] / 100)));
	for (i = 0; i <= decades; i++) put_label(labels, i / decades, +(100 * (1 - Math.pow(10, -i))).toPrecision(6) + " %");
}
function put_plot(figure, chart, id, scale, title) {
	var plot = attributes(make("div", "", figure), {"class": "plot", "data-chart": id, role: "img",
		"aria-label": title + ". The values are in the table below."});
	var upright = svg("svg", plot, {"class": "ya", width: 58, height: HEIGHT + 30, "aria-hidden": "true"});
	var across = svg("svg", plot, {"class": "xa", width: "100%", height: HEIGHT + 30, "aria-hidden": "true"});
	var grid = svg("g", across, {"class": "grid"}), inside;
	scale.ticks.forEach(function (tick, i) {
		var y = y_of(scale, tick) * HEIGHT / Y + 8;
		svg("text", upright, {x: 52, y: y + 4}).textContent = tick ? page.shown(tick, chart.unit).replace(" /s", "") : "0";
		svg("line", grid, {x1: 0, x2: "100%", y1: y, y2: y, "class": i ? "" : "base"});
	});
	put_labels(svg("g", across, {"class": "xl"}), chart);
	inside = svg("svg", across, {"class": "in", y: 8, width: "100%", height: HEIGHT,
		viewBox: "0 0 " + X + " " + Y, preserveAspectRatio: "none"});
	chart.lines.forEach(function (line) {
		svg("path", inside, {"class": "line p-" + line.paint + (line.dash ? " dash" : ""), d: path(chart, line.v, scale)});
	});
	page.listen(plot);
}

// for readers and screen readers
function put_table(figure, chart, title) {
	var details = make("details", "", figure), box, table, head, rows;
	make("summary", "Table", details);
	box = make("div", "", details);
	box.className = "scroll";
	table = make("table", "", box);
	make("caption", title, table);
	head = make("tr", "", make("thead", "", table));
	make("th", chart.clock ? "from" : "of all", head).scope = "col";
	chart.lines.forEach(function (line) { make("th", line.name, head).scope = "col"; });
	rows = make("tbody", "", table);
	chart.of.forEach(function (of, i) {
		var row = make("tr", "", rows);
		make("th", chart.clock ? page.clock(of) : of + " %", row).scope = "row";
		chart.lines.forEach(function (line) { make("td", page.shown(line.v[i], chart.unit), row); });
	});
}
function put_chart(grid, id, title, chart, log) {
	var figure = make("figure", "", grid), caption = make("figcaption", "", figure), legend;
	figure.className = "card chart";
	figure.setAttribute("aria-label", title);
	make("h3", title, caption);
	legend = make("ul", "", caption);
	legend.className = "legend";
	chart.lines.forEach(function (line) {
		var entry = make("li", "", legend);
		make("i", "", entry).className = "key k-" + line.paint + (line.dash ? " dash" : "");
		make("span", line.name, entry);
	});
	page.data().charts[id] = chart;
	put_plot(figure, chart, id, scale_of(chart, log), title);
	put_table(figure, chart, title);
}
function put_charts(cell, number) {
	var data = page.data().steps, own = data.rows[number], grid = make("div", "", cell), id = "step-" + number;
	grid.className = "grid three";
	put_chart(grid, id + "-times", "Response time", {unit: "ms", clock: true, at: data.at, of: data.from, lines: [
		{name: "p99", paint: "p99", v: own.p99}, {name: "p95", paint: "p95", v: own.p95},
		{name: "p50", paint: "p50", v: own.p50}]});
	put_chart(grid, id + "-rate", "Requests per second", {unit: "/s", clock: true, at: data.at, of: data.from, lines: [
		{name: "started", paint: "started", v: own.started}, {name: "failed", paint: "failed", v: own.failed || own.started.map(function () { return 0; })}]});
	put_chart(grid, id + "-nines", "Latency distribution", {unit: "ms", at: data.nines.at, of: data.nines.of, lines: [
		{name: "this step", paint: "p95", v: own.nines},
		{name: "all requests", paint: "service", dash: true, v: data.nines.all}]}, true);
}

function open_row(row, button) {
	var below = row.nextElementSibling, cell;
	if (below && below.className === "more") {
		below.parentNode.removeChild(below);
		button.setAttribute("aria-expanded", "false");
		return;
	}
	below = make("tr");
	below.className = "more";
	row.parentNode.insertBefore(below, row.nextSibling);
	cell = make("td", "", below);
	cell.colSpan = row.children.length;
	put_charts(cell, Number(row.getAttribute("data-step")));
	button.setAttribute("aria-expanded", "true");
}
function listen_row(row) {
	var name = row.querySelector("th bdi"), button = make("button");
	button.type = "button";
	button.className = "open";
	button.setAttribute("aria-expanded", "false");
	button.title = "Charts of this step";
	name.parentNode.insertBefore(button, name);
	button.appendChild(name);
	button.addEventListener("click", function () { open_row(row, button); });
}
page.settle_steps = function () {
	var data = page.data().steps;
	if (!data) return;
	all("tr[data-step]").forEach(function (row) {
		if (data.rows[row.getAttribute("data-step")] && !row.querySelector("button")) listen_row(row);
	});
};
page.settle_steps();
})(page);
