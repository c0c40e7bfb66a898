"use strict";
// Which issues are shown, and in which order: the choices, how they stand in the address, and a quick search for them.
const issueChoice = (() => {
  const { count, kinds, lives, services, kind, life, service, row, key, states } = issueLog;
  const FACETS = ["council", "service", "rule", "severity", "entity", "age"];
  const SHOWN = ["open", "new", "accepted", "resolved"];
  const AGES = ["0", "1-7", "8-28", "29-90", "91+"];
  const NO_SERVICE = "-";
  const ageOf = (days) => AGES[days < 1 ? 0 : days < 8 ? 1 : days < 29 ? 2 : days < 91 ? 3 : 4];
  const serviceCode = (one) => (one.service_code === null ? NO_SERVICE : one.service_code);
  const councilOfService = (value) => value.slice(0, value.indexOf("/"));
  const codeOfService = (value) => value.slice(value.indexOf("/") + 1);

  // Each facet: its values, and of each issue the place of its own. A service belongs to its council.
  const facets = {};
  const facet = (name, of, valueOf) => {
    const values = new Map();
    const known = of.list.map((one) => {
      const value = valueOf(one);
      if (!values.has(value)) values.set(value, values.size);
      return values.get(value);
    });
    facets[name] = { values: [...values.keys()], codes: Uint16Array.from(of.at, (place) => known[place]) };
  };
  const ofKind = { list: kinds, at: kind };
  facet("council", ofKind, (one) => one.council);
  facet("rule", ofKind, (one) => one.rule);
  facet("severity", ofKind, (one) => one.severity);
  facet("entity", ofKind, (one) => one.entity);
  facet("service", { list: services, at: service }, (one) => `${one.council}/${serviceCode(one)}`);
  facet("age", { list: lives, at: life }, (one) => ageOf(one.days_open));
  const isNew = Uint8Array.from(life, (place) => (lives[place].is_new ? 1 : 0));

  const searched = Array.from(key, (text, place) => {
    const ref = issueLog.caseOf(place);
    return (ref === null || text.startsWith(ref) ? text : `${text}\n${ref}`).toLowerCase();
  });

  // A text by which numbers in references sort as numbers.
  const natural = (text) => text.replace(/\d+/g, (digits) => digits.padStart(12, "0")).toLowerCase();
  const ranked = (values) => {
    const order = [...new Set(values.filter((value) => value !== null))].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    const ranks = new Map(order.map((value, rank) => [value, rank]));
    return values.map((value) => (value === null ? NaN : ranks.get(value)));
  };
  const by = (list, at, valueOf) => {
    const ranks = ranked(list.map(valueOf));
    return Float64Array.from(at, (place) => ranks[place]);
  };
  const inWords = (one) => natural(`${issueLog.councils.get(one.council)} ${one.service_name || "\uffff"}`);
  const SORTS = {
    rule: () => by(kinds, kind, (one) => one.rule),
    severity: () => by(kinds, kind, (one) => one.severity),
    council: () => by(kinds, kind, (one) => issueLog.councils.get(one.council)),
    service: () => by(services, service, inWords),
    case: () => Float64Array.from(ranked(Array.from(key, (_, place) => {
      const ref = issueLog.caseOf(place);
      return ref === null ? null : natural(ref);
    }))),
    record: () => Float64Array.from(ranked(Array.from(key, (text, place) => `${kinds[kind[place]].entity} ${natural(text)}`))),
    column: () => by(kinds, kind, (one) => one.column_name),
    file: () => {
      const files = by(kinds, kind, (one) => natural(`${one.source_file || ""}\t${one.sheet || ""}`));
      return files.map((rank, place) => rank * 2 ** 24 + (row[place] || 0));
    },
    row: () => {
      const letters = by(kinds, kind, (one) => (one.letter ? one.letter.padStart(3) : ""));
      return letters.map((rank, place) => (row[place] === null ? NaN : row[place] * 2 ** 16 + rank));
    },
    seen: () => by(lives, life, (one) => one.first_seen),
    days: () => Float64Array.from(life, (place) => lives[place].days_open),
    again: () => Float64Array.from(life, (place) => lives[place].times_reopened),
  };
  const ranks = new Map();

  const asBuilt = Uint32Array.from({ length: count }, (_, place) => place);
  let order = asBuilt;
  let sorted = "";
  const sort = (by) => {
    if (by === sorted) return;
    sorted = by;
    if (!by) {
      order = asBuilt;
      return;
    }
    const name = by.replace(/^-/, "");
    const turn = by === name ? 1 : -1;
    if (!ranks.has(name)) ranks.set(name, SORTS[name]());
    const rank = ranks.get(name);
    // What has none comes last either way round.
    const value = rank.map((one) => (Number.isNaN(one) ? Infinity : one * turn));
    order = asBuilt.slice().sort((a, b) => value[a] - value[b] || a - b);
  };

  const state = { show: "open", council: "", service: "", rule: "", severity: "", entity: "", age: "", q: "", sort: "", page: 1 };
  // The places of what is shown, in order, and of each choice how many there would be with it.
  const choose = () => {
    sort(state.sort);
    const wanted = FACETS.map((name) => (state[name] ? facets[name].values.indexOf(state[name]) : null));
    const codes = FACETS.map((name) => facets[name].codes);
    const counts = Object.fromEntries(FACETS.map((name) => [name, new Uint32Array(facets[name].values.length)]));
    const shown = { open: 0, new: 0, accepted: 0, resolved: 0 };
    const asked = state.q.trim().toLowerCase();
    const found = [];
    for (let at = 0; at < count; at++) {
      const place = order[at];
      let failed = 0;
      let last = 0;
      for (let number = 0; number < codes.length && failed < 2; number++) {
        if (wanted[number] !== null && codes[number][place] !== wanted[number]) {
          failed++;
          last = number;
        }
      }
      if (failed > 1 || (asked && !searched[place].includes(asked))) continue;
      const is = states[place];
      if (!failed) {
        shown[SHOWN[is ? is + 1 : 0]]++;
        if (!is && isNew[place]) shown.new++;
      }
      const fits = state.show === "new" ? !is && isNew[place] : is === { open: 0, accepted: 1, resolved: 2 }[state.show];
      if (!fits) continue;
      if (failed) counts[FACETS[last]][codes[last][place]]++;
      else {
        found.push(place);
        for (let number = 0; number < codes.length; number++) counts[FACETS[number]][codes[number][place]]++;
      }
    }
    return { found, counts, shown };
  };

  const read = () => {
    const asked = new URLSearchParams(location.hash.slice(1));
    for (const name of Object.keys(state)) state[name] = asked.get(name) || "";
    if (!SHOWN.includes(state.show)) state.show = "open";
    if (!(state.sort.replace(/^-/, "") in SORTS)) state.sort = "";
    state.page = Math.max(1, Math.floor(Number(state.page)) || 1);
    if (state.service) {
      const known = facets.service.values.find((value) => codeOfService(value) === state.service);
      if (!state.council && known) state.council = councilOfService(known);
      state.service = `${state.council}/${state.service}`;
    }
  };
  const write = () => {
    const kept = new URLSearchParams();
    for (const [name, value] of Object.entries(state)) {
      if (!value || value === "open" || (name === "page" && value === 1)) continue;
      kept.set(name, name === "service" ? codeOfService(value) : value);
    }
    history.replaceState(null, "", `#${kept}`);
  };

  return { state, facets, FACETS, AGES, NO_SERVICE, SORTS, councilOfService, codeOfService, choose, read, write };
})();
