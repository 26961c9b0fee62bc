// The front door of the record of requests.

export type {
  CountQuery,
  Fault,
  Forgetting,
  LineFilter,
  LinePage,
  LineQuery,
  RecordBatch,
  RecordSize,
  RecordStore,
  Retention,
} from './contract.ts'
export { BOUNDS, type Count, quantile } from './counts.ts'
export {
  ANSWER_CLASSES,
  type AnswerClass,
  classOf,
  isWrite,
  type PlacedLine,
  REQUEST_KINDS,
  type RequestKind,
  type RequestLine,
} from './line.ts'
export { type Answered, settle } from './make-line.ts'
export { matchesLine } from './matches.ts'
export { memoryRecord } from './memory.ts'
export { hashOfName } from './named.ts'
export { HEARD_MS, type Heard, type Quiet, quietOf, usualSilence } from './quiet.ts'
export { createRecorder, type Recorder, type RecorderOptions } from './recorder.ts'
export { createRequestIds, REQUEST_ID } from './request-id.ts'
export { MOST_POINTS, pointOf, type SeriesPoint, seriesOf } from './series.ts'
export { type BodyMode, bodyText } from './shape.ts'
export { vocabularyOf } from './vocabulary.ts'
