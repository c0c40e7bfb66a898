"use strict";
// Draws the choices, the table a hundred rows at a time, and what goes with it. Every text is put in as text.
const issueTable = (() => {
  const IN_PAGE = 100;
  const { state, facets, FACETS } = issueChoice;
  const find = (id) => document.getElementById(id);
  const form = find("filters");
  const table = find("issues");
  const body = table.tBodies[0];
  const words = (text) => text.replaceAll("_", " ");
  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
  const element = (name, text = null, attributes = {}) => {
    const made = document.createElement(name);
    if (text !== null) made.textContent = text;
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
    return made;
  };
  const counted = (number, one) => `${redress.number(number)} ${one}${number === 1 ? "" : "s"}`;
  const shortDay = (iso) => {
    const [year, month, day] = iso.split("-").map(Number);
    return `${day} ${"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ")[month - 1]} ${year}`;
  };
  const dayOf = (iso) => element("time", shortDay(iso), { datetime: iso });
  const EFFECTS = { critical: "Held back", warning: "Warning" };
  const AGES = { 0: "New that night", "1-7": "1 to 7 days", "8-28": "8 to 28 days", "29-90": "29 to 90 days", "91+": "91 days or more" };
  const SHOWN = {
    open: ["open issue", ""],
    new: ["new issue", " since the night before"],
    accepted: ["accepted issue", ""],
    resolved: ["issue", ` resolved in the last ${table.dataset.resolvedDays} days`],
  };

  const hasCouncils = () => issueLog.councils.size > 1 && !state.council;

  // The choices
  const serviceNames = new Map(issueLog.services.map((one) => [
    `${one.council}/${one.service_code === null ? issueChoice.NO_SERVICE : one.service_code}`,
    one.service_code === null ? "No service" : one.service_name,
  ]));
  const LABELS = {
    council: (value) => issueLog.councils.get(value) || value,
    service: (value) => {
      const name = serviceNames.get(value) || issueChoice.codeOfService(value);
      return !hasCouncils() ? name : `${LABELS.council(issueChoice.councilOfService(value))}: ${name}`;
    },
    rule: (value) => value,
    severity: (value) => EFFECTS[value] || value,
    entity: (value) => capital(words(value)),
    age: (value) => AGES[value] || value,
  };
  const inOrder = (name) => {
    const values = facets[name].values.slice();
    if (name === "age") return issueChoice.AGES.filter((age) => values.includes(age));
    return values.sort((a, b) => LABELS[name](a).localeCompare(LABELS[name](b), "en-GB", { numeric: true }));
  };
  const fill = (name, counts) => {
    const select = form.elements[name];
    const options = [new Option("All", "")];
    for (const value of inOrder(name)) {
      const number = counts[facets[name].values.indexOf(value)];
      const isOther = name === "service" && state.council && issueChoice.councilOfService(value) !== state.council;
      if (value !== state[name] && (!number || isOther)) continue;
      options.push(new Option(`${LABELS[name](value)} (${redress.number(number)})`, value));
    }
    // A link may ask for what no longer occurs: the choice still says so.
    if (state[name] && !facets[name].values.includes(state[name])) options.push(new Option(`${LABELS[name](state[name])} (0)`, state[name]));
    select.replaceChildren(...options);
    select.value = state[name];
  };

  // The cells
  const lines = (...parts) => {
    const shown = parts.filter((part) => part);
    const holder = document.createDocumentFragment();
    shown.forEach((part, place) => {
      const line = element("span", typeof part === "string" ? part : null, { class: place ? "quiet line" : "line" });
      if (typeof part !== "string") line.append(part);
      holder.append(line);
    });
    return holder;
  };
  // Names of columns and codes of services may break behind an underscore.
  const breakable = (name) => {
    const holder = element("span");
    name.split("_").forEach((part, place) => holder.append(...(place ? ["_", element("wbr")] : []), part));
    return holder;
  };
  const ruleCell = (issue) => {
    const rule = issueLog.rules[issue.rule];
    const text = rule ? rule.text : "";
    const holder = document.createDocumentFragment();
    holder.append(
      element("a", issue.rule, { href: `rules.html#${encodeURIComponent(issue.rule)}` }),
      element("span", text, { class: "quiet line short", title: text }),
    );
    return holder;
  };
  const CELLS = {
    rule: ruleCell,
    severity: (issue) => element("span", EFFECTS[issue.severity] || issue.severity, { class: `mark ${issue.severity === "critical" ? "bad" : "warn"}` }),
    service: (issue) => lines(
      issue.service_code === null ? "–" : issue.service_name,
      issue.service_name !== issue.service_code && issue.service_code && breakable(issue.service_code),
      hasCouncils() && issue.council_name,
    ),
    case: (issue) => (issue.case_ref === null ? "–" : element("a", issue.case_ref, {
      href: `case.html#${encodeURIComponent(issue.council)}/${encodeURIComponent(issue.case_ref)}`,
    })),
    record: (issue) => lines(capital(words(issue.entity)), issue.key ? issue.key.replaceAll("|", " | ") : "the whole extract"),
    column: (issue) => {
      if (!issue.column_name) return "–";
      const isOther = issue.source_column && issue.source_column !== issue.column_name;
      return lines(breakable(issue.column_name.replaceAll("|", ", ")), isOther && `“${issue.source_column}”`);
    },
    file: (issue) => lines(
      issue.row !== null && (issue.letter ? `${issue.letter}${issue.row}` : `row ${issue.row}`),
      issue.source_file || "–",
      issue.sheet && `sheet ${issue.sheet}`,
    ),
    seen: (issue) => dayOf(issue.first_seen),
    days: (issue) => lines(
      redress.number(issue.days_open),
      issue.times_reopened && `came back ${issue.times_reopened === 1 ? "once" : `${issue.times_reopened} times`}, last ${shortDay(issue.opened_on)}`,
    ),
  };
  const headings = [...table.tHead.rows[0].cells];
  const draw = (place) => {
    const issue = issueLog.get(place);
    const line = element("tr", null, { role: "row" });
    for (const heading of headings) {
      const name = heading.dataset.column;
      const cell = element("td", null, { role: "cell", class: heading.className, "data-label": heading.dataset.label || heading.textContent });
      cell.append(name === "act" ? issueAccept.cell(issue) : CELLS[name](issue));
      line.append(cell);
    }
    return line;
  };

  // What goes with the table
  const showRule = () => {
    const rule = issueLog.rules[state.rule];
    find("about-rule").hidden = !rule;
    if (!rule) return;
    find("rule-name").textContent = `Rule ${state.rule}`;
    find("rule-text").textContent = `${capital(rule.text)}.`;
    find("rule-reason").textContent = rule.reason;
    find("rule-remedy").textContent = rule.remedy;
  };
  const downloads = [...document.querySelectorAll("#all-downloads li")];
  const showDownloads = () => {
    const council = state.council || (issueLog.councils.size === 1 ? [...issueLog.councils.keys()][0] : "");
    const code = state.service ? issueChoice.codeOfService(state.service) : null;
    const chosen = downloads.filter((one) => {
      const own = one.dataset.service === undefined ? null : one.dataset.service;
      return (!council || one.dataset.council === council) && own === code;
    });
    find("downloads").replaceChildren(...chosen.map((one) => one.cloneNode(true)));
    find("no-downloads").hidden = chosen.length > 0;
  };
  const showSort = () => {
    for (const heading of headings) {
      const name = heading.dataset.column;
      if (!heading.querySelector("button")) continue;
      const way = { [name]: "ascending", [`-${name}`]: "descending" }[state.sort];
      if (way) heading.setAttribute("aria-sort", way);
      else heading.removeAttribute("aria-sort");
    }
    form.elements.sort.value = state.sort;
  };
  const showPages = (found) => {
    const last = Math.max(1, Math.ceil(found / IN_PAGE));
    state.page = Math.min(state.page, last);
    find("pages").hidden = last === 1;
    find("previous").disabled = state.page === 1;
    find("next").disabled = state.page === last;
    const first = (state.page - 1) * IN_PAGE;
    find("page-now").textContent =
      `${redress.number(first + 1)} to ${redress.number(Math.min(found, first + IN_PAGE))} of ${redress.number(found)}`;
  };

  const show = () => {
    const { found, counts, shown } = issueChoice.choose();
    for (const name of FACETS) fill(name, counts[name]);
    for (const radio of form.elements.show) {
      radio.checked = radio.value === state.show;
      find(`number-${radio.value}`).textContent = redress.number(shown[radio.value]);
    }
    if (form.elements.q.value.trim() !== state.q) form.elements.q.value = state.q;
    table.dataset.show = state.show;
    find("act-heading").textContent = { open: "Accept", new: "Accept", accepted: "Accepted", resolved: "Resolved" }[state.show];
    showSort();
    showPages(found.length);
    const first = (state.page - 1) * IN_PAGE;
    body.replaceChildren(...found.slice(first, first + IN_PAGE).map(draw));
    table.hidden = !found.length;
    find("count").textContent = `${counted(found.length, SHOWN[state.show][0])}${SHOWN[state.show][1]}`;
    find("clear").hidden = !FACETS.some((name) => state[name]) && !state.q;
    showRule();
    showDownloads();
  };
  const change = (values) => {
    Object.assign(state, { page: 1 }, values);
    show();
    issueChoice.write();
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", (event) => {
    const { name, value } = event.target;
    if (name === "q") return;
    const values = { [name]: value };
    if (name === "service" && value) values.council = issueChoice.councilOfService(value);
    if (name === "council") values.service = "";
    change(values);
  });
  let waiting = 0;
  form.elements.q.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => change({ q: form.elements.q.value.trim() }), 120);
  });
  find("clear").addEventListener("click", () => {
    change({ ...Object.fromEntries(FACETS.map((name) => [name, ""])), q: "" });
    form.elements.q.focus();
  });
  for (const heading of headings) {
    const button = heading.querySelector("button");
    const name = heading.dataset.column;
    if (button) button.addEventListener("click", () => change({ sort: { [name]: `-${name}`, [`-${name}`]: "" }[state.sort] ?? name }));
  }
  const turn = (by) => {
    change({ page: state.page + by });
    find("results").scrollIntoView();
    find("results").focus({ preventScroll: true });
  };
  find("previous").addEventListener("click", () => turn(-1));
  find("next").addEventListener("click", () => turn(1));
  const start = () => {
    issueChoice.read();
    show();
  };
  window.addEventListener("hashchange", start);
  return { start, show, element, lines, shortDay };
})();
