// The front door of sources.

export { type Checkpoint, type Counts, checkpointAfter, type Pending, type Step } from './checkpoint.ts'
export { type Header, readHeader } from './csv-header.ts'
export { readRow } from './csv-row.ts'
export { importBatch } from './import-batch.ts'
export { completeRecord, type Imported, type Importer, refusalOf } from './import-record.ts'
export { readJsonRecord, type SourceRecord } from './record.ts'
export { collectNames } from './record-names.ts'
