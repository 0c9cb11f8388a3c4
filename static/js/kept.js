// The open issues that this browser keeps, as scripts see them: the worker's pack (offline.js).
import {scope} from './channel.js';
import {page} from './page.js';

const most = 50;

/** list is the pack's list as it is kept, undefined where there is none. */
export const list = async () => (await caches.open(`${scope()}:pack`)).match(`/${page().workspace}/f/pack`);

/** kept lists the issues: {record, key, path, set: {title, status, …}}. */
export const kept = async () => (await (await list())?.json())?.issues ?? [];

/** plain is a text without case and accents. */
export const plain = text => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** found lists the issues whose key or title has every word that was typed, as the beginning of a word; a key first. */
export function found(issues, text) {
  const wanted = plain(text).match(/[\p{L}\p{N}-]+/gu) ?? [];
  const fits = ({key, set}) => { const words = plain(`${key} ${set.title}`).split(/[^\p{L}\p{N}-]+/u).flatMap(word => [word, ...word.split('-').slice(1)]); return wanted.every(one => words.some(word => word.startsWith(one))); };
  const exact = ({key}) => plain(key) === plain(text.trim());
  return wanted.length ? issues.filter(fits).sort((a, b) => exact(b) - exact(a)).slice(0, most) : [];
}
