// Ids that this browser mints. Plain http on a host name has no crypto.randomUUID, so bytes come from getRandomValues.

/** uuid7 mints a UUIDv7; nothing relies on its time. */
export function uuid7(now = Date.now(), fill = bytes => crypto.getRandomValues(bytes)) {
  const bytes = fill(new Uint8Array(16));
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(now / 2 ** (40 - 8 * i)) % 256;
  bytes[6] = bytes[6] & 15 | 112;
  bytes[8] = bytes[8] & 63 | 128;
  return Array.from(bytes, b => b.toString(16).padStart(2, '0')).join('').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
