"use strict";
// The issue log as the page carries it: an issue is a few numbers that point into lists of what issues have in common,
// so that 100,000 of them open and filter at once.
const issueLog = (() => {
  const data = redress.data("issues-data");
  const unpack = ({ columns, rows }) =>
    rows.map((row) => Object.fromEntries(columns.map((column, place) => [column, row[place]])));
  const kinds = unpack(data.kinds);
  const lives = unpack(data.lives);
  const services = unpack(data.services);
  const { kind, life, service, row, key } = data.rows;
  const count = key.length;
  const councils = new Map(data.councils.map((one) => [one.council, one.council_name]));
  const STATES = ["open", "accepted", "resolved"];

  const caseOf = (place) => {
    const how = data.rows.case[place];
    if (how === "k") return key[place];
    if (how === "p") return key[place].slice(0, key[place].indexOf("|"));
    return how ? how.slice(1) : null;
  };
  const issueKey = (place) => {
    const of = kinds[kind[place]];
    return [of.council, of.rule, of.entity, key[place], of.column_name || "", of.occurrence].join("|");
  };

  // What was decided since the pages were built: the number of an acceptance, or 0 where one was taken back.
  const since = new Map();
  const states = new Uint8Array(count);
  for (let place = 0; place < count; place++) states[place] = STATES.indexOf(lives[life[place]].state);
  const decide = (place, number) => {
    if (states[place] === 2) return;
    states[place] = number ? 1 : 0;
    since.set(place, number);
  };
  const decided = redress.decisions();
  if (decided.accepted.size || decided.withdrawn.size) {
    for (let place = 0; place < count; place++) {
      const name = issueKey(place);
      if (decided.accepted.has(name)) decide(place, decided.accepted.get(name));
      else if (decided.withdrawn.has(name)) decide(place, 0);
    }
  }

  // One issue, for showing it.
  const get = (place) => {
    const issue = { place, ...kinds[kind[place]], ...services[service[place]], ...lives[life[place]] };
    issue.key = key[place];
    issue.case_ref = caseOf(place);
    issue.row = row[place];
    issue.state = STATES[states[place]];
    issue.council_name = councils.get(issue.council) || issue.council;
    if (since.has(place)) {
      issue.number = since.get(place) || null;
      issue.accepted_on = issue.accepted_until = issue.accepted_by = null;
    }
    issue.reason = data.reasons[`${issue.council}|${issue.number}`] || null;
    return issue;
  };

  // The other issues of the same rule on the same column of the same record: duplicates, which are accepted together.
  const alike = (issue) => {
    const found = [];
    for (let place = 0; place < count; place++) {
      if (key[place] !== issue.key) continue;
      const of = kinds[kind[place]];
      if (["council", "rule", "entity", "column_name"].every((name) => of[name] === issue[name])) found.push(place);
    }
    return found;
  };
  const numbered = (council, number) => {
    const found = [];
    for (let place = 0; place < count; place++) {
      if (states[place] !== 1 || kinds[kind[place]].council !== council) continue;
      const known = since.has(place) ? since.get(place) : lives[life[place]].number;
      if (known === number) found.push(place);
    }
    return found;
  };

  return {
    count, kinds, lives, services, councils, kind, life, service, row, key, states,
    rules: data.rules, caseOf, get, alike, numbered, decide,
    reasons: data.reasons,
  };
})();
