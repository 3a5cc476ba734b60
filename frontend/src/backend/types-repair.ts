import type { ErrorDetail } from './types';

/** Repair is how far the repair of a damaged history has come. One that is over is told by the notice "salvaged". */
export interface Repair {
  running: boolean;
  /** entries that came over so far */
  saved: number;
  /** entries that there were; 0 when that cannot be read */
  of: number;
  /** why it ended: nothing was changed */
  error?: ErrorDetail;
}
