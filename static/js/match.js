// How well what somebody types fits words. Pure.
import {plain} from './kept.js';

/** spelled prepares words to be matched: what is typed is compared letter by letter, without case and accents. */
export function spelled(words) {
  const letters = [...words], text = letters.map(one => plain(one).charAt(0) || '\0').join('');
  return {letters, text, starts: [...text.matchAll(/(?<![\p{L}\p{N}])[\p{L}\p{N}]/gu)].map(({index}) => index)};
}

/**
 * fit scores spelled words by the word typed that fits worst: 4 where it begins them, 3 a word of them, 2 stands within, 1 when its letters
 * come in this order, from the beginning of a word (loose only). met are the letters that it meets. Undefined where one fits nowhere.
 */
export function fit({text, starts}, typed, loose) {
  const met = new Set();
  let score = 5;
  for (const word of plain(typed).split(/\s+/).filter(Boolean)) {
    const start = starts.find(i => text.startsWith(word, i)), at = start ?? text.indexOf(word);
    if (at >= 0) for (let i = at; i < at + word.length; i++) met.add(i);
    else if (!loose || !scattered(text, starts, word, met)) return undefined;
    score = Math.min(score, at === 0 ? 4 : start ? 3 : at > 0 ? 2 : 1);
  }
  return {score, met};
}

function scattered(text, starts, word, met) {
  for (const start of starts) {
    const way = [];
    for (let i = start - 1; way.length < word.length && (i = text.indexOf(word[way.length], i + 1)) >= 0;) way.push(i);
    if (way[0] === start && way.length === word.length) return way.forEach(i => met.add(i)), true;
  }
  return false;
}

/** ranked are those of some things that fit, the best first, each with what it meets; words tells a thing's words. */
export const ranked = (things, typed, loose) => things
  .map(one => ({...one, fits: fit(one.spelled ??= spelled(one.words), typed, loose)}))
  .filter(({fits}) => fits)
  .sort((a, b) => b.fits.score - a.fits.score);
