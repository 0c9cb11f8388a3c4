// A list's delta: the list as it is now, with <li data-same="issue:…"> for each row that the page shows already. The page keeps those nodes.

/** apply makes region what delta says; it answers the nodes that are new, or null where it lacks a row: then nothing is done. */
export function apply(region, delta) {
  const by = (css, name) => new Map([...region.querySelectorAll(css)].map(node => [node.dataset[name], node]));
  const rows = by('[data-rows] > [data-record]', 'record'), groups = by('[data-group]', 'group'), fresh = [];
  const same = root => [...root.querySelectorAll('[data-same]')];
  if (same(delta).some(place => !rows.has(place.dataset.same))) return null;

  /** match makes the children of home those of theirs, with the page's own nodes wherever it has them. */
  function match(home, theirs) {
    const heads = [...home.children].filter(one => !one.dataset.record);
    arrange(home, [...theirs.children].map(one => {
      const {same: key, group, record} = one.dataset;
      if (key) return rows.get(key);
      const part = group ? groups.get(group) : 'rows' in one.dataset && heads.find(mine => 'rows' in mine.dataset);
      if (part) { match(part, one); dress(part, one); return part; }
      const equal = record ? -1 : heads.findIndex(mine => mine.isEqualNode(one));
      if (equal < 0) fresh.push(one);
      return equal < 0 ? one : heads.splice(equal, 1)[0];
    }));
  }

  match(region, delta);
  for (const node of fresh) for (const place of same(node)) place.replaceWith(rows.get(place.dataset.same));
  dress(region, delta);
  return fresh;
}

/** dress gives a node the attributes of another; what scripts put on it stays. */
function dress(node, as) {
  for (const {name, value} of as.attributes) if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

/** arrange makes nodes the children of home, in their order, and moves as few as it can see at once. */
function arrange(home, nodes) {
  const stay = new Set(nodes);
  for (const one of [...home.children]) if (!stay.has(one)) one.remove();
  let at = home.firstElementChild;
  for (const node of nodes) {
    if (node === at) at = at.nextElementSibling;
    else if (home.moveBefore && node.isConnected) home.moveBefore(node, at);
    else home.insertBefore(node, at);
  }
}
