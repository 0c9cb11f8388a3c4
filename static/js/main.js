// Loads every module by itself, so that an error in one leaves links, forms and the others working.

const modules = ['htmx', 'outbox', 'region', 'live', 'sync_state', 'time', 'menu', 'mine', 'cursor', 'key', 'new_issue', 'offline', 'inbox'];

const loaded = await Promise.allSettled(modules.map(name => import(`./${name}.js`)));

/** install runs each module's install on root: the document once, then whatever was inserted. */
function install(root) {
  loaded.forEach(({value, reason}, i) => {
    try { if (reason) throw reason; value.install?.(root); } catch (error) { if (root === document) console.error(`tandem: ${modules[i]}`, error); }
  });
}

install(document);
document.addEventListener('tandem:swap', event => install(event.target));
