import assert from 'node:assert/strict';
import {test} from 'node:test';
import {fit, ranked, spelled} from '../match.js';

const score = (words, typed, loose) => fit(spelled(words), typed, loose)?.score;
const met = (words, typed, loose) => [...fit(spelled(words), typed, loose).met].map(i => [...words][i]).join('');

test('the beginning of the words fits best, then of a word, then what stands within', () => {
  assert.deepEqual(['set', 'sta', 'tat', 'xyz'].map(typed => score('Set status', typed)), [4, 3, 2, undefined]);
  assert.equal(score('Set status', 'status set'), 3, 'by the word that fits worst');
  assert.equal(score('Set status', 'status now'), undefined);
  assert.equal(score('Set status', ''), 5);
});

test('letters in their order fit where that is enough', () => {
  assert.equal(score('Assign to me', 'atm', true), 1);
  assert.equal(score('Assign to me', 'atm'), undefined);
  assert.equal(score('Assign to me', 'sgn', true), undefined, 'not from within a word');
});

test('case and accents do not count, and each letter keeps its place', () => {
  assert.equal(score('ENG-12 Café menu', 'eng-12 CAFE'), 3);
  assert.equal(met('😀 Crème brûlée', 'brulee'), 'brûlée');
  assert.equal(met('Größe', 'gro'), 'Grö');
});

test('things are ranked by it, and equal ones stay in their order', () => {
  const things = ['The board', 'Show as a board', 'Board of trustees'].map(words => ({words}));
  assert.deepEqual(ranked(things, 'board').map(({words}) => words), ['Board of trustees', 'The board', 'Show as a board']);
});
