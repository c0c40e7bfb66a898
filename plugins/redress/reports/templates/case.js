"use strict";
// Shows one case. The index in the page says which file beside it has the case; only that file is loaded.
(() => {
  const index = redress.data("case-index");
  const rules = redress.data("rules");
  const status = document.getElementById("case-status");
  const holder = document.getElementById("case");
  const title = document.getElementById("case-title");
  const search = document.getElementById("case-search");
  const words = (text) => text.replaceAll("_", " ");
  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
  const decided = redress.decisions();

  const element = (name, text, attributes = {}) => {
    const made = document.createElement(name);
    if (text !== undefined && text !== null) made.textContent = text;
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
    return made;
  };

  const table = (caption, headings, rows) => {
    const box = element("div", null, { class: "scroll", tabindex: "0", role: "region", "aria-label": caption });
    const made = element("table");
    const named = element("caption");
    named.append(element("span", caption));
    made.append(named);
    const head = element("tr");
    head.append(...headings.map((heading) => element("th", heading, { scope: "col" })));
    made.createTHead().append(head);
    const body = made.createTBody();
    for (const cells of rows) {
      const row = body.insertRow();
      cells.forEach((cell, place) => {
        const holder = element(place ? "td" : "th", null, place ? {} : { scope: "row" });
        holder.append(cell ?? "");
        row.append(holder);
      });
    }
    box.append(made);
    return box;
  };

  const stateOf = (issue) => {
    if (issue.state === "open" && decided.accepted.has(issue.issue_key)) return "accepted";
    if (issue.state === "accepted" && decided.withdrawn.has(issue.issue_key)) return "open";
    return issue.state;
  };
  const mark = (issue) => {
    const state = stateOf(issue);
    const kinds = { open: issue.severity === "critical" ? "bad" : "warn", accepted: "none", resolved: "good" };
    const told = state === "open" && issue.severity === "critical" ? "Open, held back" : capital(state);
    return element("span", told, { class: `mark ${kinds[state]}` });
  };
  const stood = (issue) =>
    (issue.stood || [])
      .map((span) => {
        const ended = span.resolved ? `${span.resolution || "resolved"} ${redress.day(span.resolved)}` : "still there";
        return `${redress.day(span.opened)}: ${ended}`;
      })
      .join("; then ");
  const acceptance = (issue) =>
    issue.state === "accepted" && issue.accepted_by
      ? ` Accepted ${redress.day(issue.accepted_on)} by ${issue.accepted_by}` +
        (issue.accepted_until ? `, until ${redress.day(issue.accepted_until)}.` : ".")
      : "";
  const place = (issue) =>
    [issue.source_place, issue.source_row && `row ${issue.source_row}`, issue.letter && `column ${issue.letter}`]
      .filter(Boolean)
      .join(", ");

  const issuesOf = (entry) =>
    table(
      "Issues",
      ["Rule", "What it says", "State", "Record", "Column", "Where", "History"],
      entry.issues.map((issue) => [
        element("a", issue.rule, { href: `rules.html#${issue.rule}` }),
        rules[issue.rule] || "",
        mark(issue),
        `${issue.entity} ${issue.record_key.replaceAll("|", " ")}`,
        (issue.column_name || "").replaceAll("|", ", "),
        place(issue),
        stood(issue) + "." + acceptance(issue),
      ]),
    );

  const changeInWords = ([column, before, after], isFirst) => {
    if (before === null && after === null) return `${column} ${isFirst ? "recorded" : "changed"} (not shown)`;
    if (before === null) return `${column}: ${after}`;
    return after === null ? `${column}: emptied, it was ${before}` : `${column}: ${before} became ${after}`;
  };
  const drawnOf = (record, entry) => {
    const isToLookAt = record.versions.length > 1 || entry.issues.some((issue) => issue.entity === record.entity && issue.record_key === record.key);
    if (isToLookAt) return versionsOf(record);
    const more = element("details");
    more.append(element("summary", `${nameOf(record)}: loaded once, ${redress.day(record.versions[0].loaded_on)}`), versionsOf(record));
    return more;
  };
  const nameOf = (record) => `${capital(record.entity)} ${record.key.replaceAll("|", " ")}`;
  const versionsOf = (record) =>
    table(
      nameOf(record),
      ["Night", "What happened", "From"],
      record.versions.map((version, number) => {
        const isFirst = !number || record.versions[number - 1].operation === "delete";
        const list = element("ul", null, { class: "changes" });
        list.append(...(version.changes || []).map((change) => element("li", changeInWords(change, isFirst))));
        const what = element("div");
        const happened =
          version.operation === "delete" ? "Removed: it was no longer in the extract"
          : !isFirst ? "Changed" : number ? "Came back" : "First loaded";
        what.append(element("p", happened), list);
        const from = [version.source_place, version.source_row && `row ${version.source_row}`];
        return [redress.day(version.loaded_on), what, from.filter(Boolean).join(", ")];
      }),
    );

  const draw = (entry) => {
    const facts = [
      ["Council", entry.council_name],
      ["Service", entry.service_name],
      ["Kind", entry.record_type && words(entry.record_type)],
      ["Status", entry.status && words(entry.status)],
      ["Received", entry.received_date && redress.day(entry.received_date)],
      ["Closed", entry.closed_date && redress.day(entry.closed_date)],
    ].filter(([, value]) => value);
    const list = element("dl", null, { class: "facts" });
    for (const [name, value] of facts) {
      const line = element("div");
      line.append(element("dt", name), element("dd", value));
      list.append(line);
    }
    holder.replaceChildren(list);
    if (!entry.record_type) {
      holder.append(element("p", "The case itself is not in the warehouse: it is held back, was withdrawn, or never came.", { class: "notice" }));
    }
    holder.append(element("h2", "Issues"));
    holder.append(entry.issues.length ? issuesOf(entry) : element("p", "No rule has found anything in this case."));
    if (entry.clocks.length) {
      holder.append(element("h2", "Open clocks"));
      holder.append(
        table("Open clocks", ["Clock", "Urgency", "Due", "Working days left"],
          entry.clocks.map((clock) => [clock.clock, clock.urgency, redress.day(clock.due_date), clock.working_days_left === null ? "–" : String(clock.working_days_left)])),
      );
    }
    holder.append(element("h2", "Records over time"));
    holder.append(element("p", "What was accepted, night by night. Of values about a person it is only said that they changed.", { class: "quiet" }));
    holder.append(...(entry.records.length ? entry.records.map((record) => drawnOf(record, entry)) : [element("p", "No record of this case was ever accepted.")]));
    title.textContent = `Case ${entry.case_ref}`;
    document.title = `Case ${entry.case_ref} – Quality of the complaints records`;
  };

  const load = (place) => {
    const script = document.createElement("script");
    script.src = `data/cases/${Math.floor(place / index.in_one_file)}.js`;
    script.onload = () => {
      script.remove();
      draw(window.redressCases[place % index.in_one_file]);
      const open = holder.querySelectorAll(".mark.bad, .mark.warn").length;
      status.textContent = `Case ${index.refs[place][1]} of ${index.councils[index.refs[place][0]]}: ${open} open ${open === 1 ? "issue" : "issues"}.`;
    };
    script.onerror = () => {
      status.textContent = `The file ${script.getAttribute("src")} beside this page cannot be read; open the page in its folder.`;
    };
    document.body.append(script);
  };

  const clear = (sentence) => {
    holder.replaceChildren();
    title.textContent = "Case";
    status.textContent = sentence;
  };

  const find = (council, ref) => {
    const asked = ref.trim().toLowerCase();
    const fits = (place) => index.refs[place][1].toLowerCase() === asked && (!council || index.refs[place][0] === council);
    const found = index.refs.map((_, place) => place).filter(fits);
    if (found.length === 1) return load(found[0]);
    if (!found.length) {
      return clear(`No case ${ref.trim()} has an issue or an open clock. Check the reference; a case without either is not on these pages.`);
    }
    clear("More than one council has a case of that reference:");
    const list = element("ul");
    for (const place of found) {
      const line = element("li");
      line.append(element("a", `${index.refs[place][1]}, ${index.councils[index.refs[place][0]]}`, { href: address(index.refs[place]) }));
      list.append(line);
    }
    holder.replaceChildren(list);
  };

  const address = ([council, ref]) => `#${encodeURIComponent(council)}/${encodeURIComponent(ref)}`;

  const read = () => {
    const asked = location.hash.slice(1);
    if (!asked) return;
    const cut = asked.indexOf("/");
    const council = cut < 0 ? "" : decodeURIComponent(asked.slice(0, cut));
    const ref = decodeURIComponent(asked.slice(cut + 1));
    search.value = ref;
    find(council, ref);
  };

  document.getElementById("find").addEventListener("submit", (event) => {
    event.preventDefault();
    const before = location.hash;
    location.hash = address(["", search.value]);
    if (location.hash === before) read();
  });
  search.addEventListener("input", () => {
    const asked = search.value.trim().toLowerCase();
    const near = asked ? index.refs.filter(([, ref]) => ref.toLowerCase().includes(asked)).slice(0, 20) : [];
    document.getElementById("case-refs").replaceChildren(...near.map(([, ref]) => new Option(ref, ref)));
  });
  window.addEventListener("hashchange", read);
  read();
})();
