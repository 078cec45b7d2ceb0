/** How a moment's map is drawn. */
export interface MapOptions {
  /** Columns that a line may take: 80 by default, at least 20. */
  readonly width?: number;
  /** Whether to colour it for a terminal; plain by default. */
  readonly colour?: boolean;
}

/** How a moment is drawn. */
export interface MomentSVGOptions {
  /** Pixels; 960 by default, at least 320. The height follows. */
  readonly width?: number;
  /** A heading; the last call by default. */
  readonly title?: string;
}

/** How a timeline is drawn. */
export interface TimelineSVGOptions {
  /** Pixels; 960 by default, at least 320. */
  readonly width?: number;
  /** Pixels; 540 by default, at least 240. */
  readonly height?: number;
  /** Calls made before the first moment that is drawn; 0 by default. */
  readonly from?: number;
  /** Calls made before the last one; all by default. */
  readonly to?: number;
  /** A heading; the run's title by default. */
  readonly title?: string;
}

/** How a report is written. */
export interface ReportPageOptions {
  /** The page's heading; by default what the runs are called. */
  readonly title?: string;
}

/** The part of `Deno.InspectOptions` that summaries make use of. */
export interface SummaryOptions {
  /** Whether to use colours. */
  readonly colors?: boolean;
}

/** What a notebook shows, by media type: it takes the richest that it can draw. */
export interface NotebookPicture {
  /** For those that draw no pictures. */
  readonly "text/plain": string;
  /** The picture. */
  readonly "image/svg+xml": string;
}
