import test from 'node:test';
import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';

const folder = new URL('..', import.meta.url);
const texts = new Map(readdirSync(folder).filter(name => name.endsWith('.js')).map(name => [name, readFileSync(new URL(name, folder), 'utf8')]));

const names = list => list.split(',').map(one => one.trim().split(/\s+as\s+|\s*[:=]/)[0]).filter(Boolean);
const exported = text => new Set([
  ...[...text.matchAll(/^export (?:async )?(?:function\*?|const|let|class) (\w+)/gm)].map(([, name]) => name),
  ...[...text.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, list]) => list.split(',').map(one => one.trim().split(/\s+as\s+/).at(-1))),
]);

/** wanted are what a module takes of others, at once and when first needed. */
const wanted = text => [
  ...[...text.matchAll(/^(?:import|export) \{([^}]*)\} from '\.\/([\w.]+)'/gm)].map(([, list, from]) => [from, names(list)]),
  ...[...text.matchAll(/import\('\.\/([\w.]+)'\)(?:\.then\(\(\{([^}]*)\}\))?/g)].map(([, from, list = '']) => [from, names(list)]),
];

test('what a module takes of another is there', () => {
  for (const [name, text] of texts) {
    for (const [from, list] of wanted(text)) {
      assert.ok(texts.has(from), `${name} asks for ${from}`);
      for (const one of list) assert.ok(exported(texts.get(from)).has(one), `${name} asks ${from} for ${one}`);
    }
  }
});
