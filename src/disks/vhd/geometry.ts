/** Cylinders, heads and sectors, and which programs take a VHD's size from them. */

const SECTOR_BYTES = 512;
/** 127.5 GiB: the largest geometry says only that the disk is at least as large. */
export const SECTORS_MAX = 65535 * 16 * 255;
/** Virtual PC, Virtual Server, and QEMU unless it was told to keep the size. */
const SIZED_BY_GEOMETRY: readonly string[] = ['vpc ', 'vs  ', 'qemu'];

export interface Geometry {
  readonly cylinders: number;
  readonly heads: number;
  readonly sectorsATrack: number;
}

export const sectorsOf = ({ cylinders, heads, sectorsATrack }: Geometry): number =>
  cylinders * heads * sectorsATrack;

/**
 * The size that a guest sees. Virtual PC shows its guest the geometry, which is up to a cylinder
 * smaller than the size that stands in the footer; Hyper-V, disk2vhd and most others show that size,
 * and so does everyone above the largest geometry.
 */
export function shownBytes({
  creator,
  geometry,
  currentBytes,
}: {
  readonly creator: string;
  readonly geometry: Geometry;
  readonly currentBytes: number;
}): number {
  const sectors = sectorsOf(geometry);
  const isBySize = !SIZED_BY_GEOMETRY.includes(creator) || sectors >= SECTORS_MAX;
  return isBySize ? currentBytes : sectors * SECTOR_BYTES;
}

/** "Appendix: CHS Calculation" of the specification. */
export function geometryOf(totalSectors: number): Geometry {
  const sectors = Math.min(totalSectors, SECTORS_MAX);
  if (sectors >= 65535 * 16 * 63) return withCylinders(sectors, { heads: 16, sectorsATrack: 255 });
  const cylindersTimesHeads = Math.floor(sectors / 17);
  const heads = Math.max(Math.ceil(cylindersTimesHeads / 1024), 4);
  if (cylindersTimesHeads < heads * 1024 && heads <= 16)
    return withCylinders(sectors, { heads, sectorsATrack: 17 });
  if (Math.floor(sectors / 31) < 16 * 1024)
    return withCylinders(sectors, { heads: 16, sectorsATrack: 31 });
  return withCylinders(sectors, { heads: 16, sectorsATrack: 63 });
}

const withCylinders = (sectors: number, track: Omit<Geometry, 'cylinders'>): Geometry => ({
  ...track,
  cylinders: Math.floor(Math.floor(sectors / track.sectorsATrack) / track.heads),
});
