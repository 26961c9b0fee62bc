// What every walk starts from: the plan of a case, made from the resource type that it is tried on.

import type { Case, Probe } from '../case.ts'
import type { Subject } from '../subject/subject.ts'

/** What a case is about, put together from the parts of its subject; may create what it needs first. */
export type Plan<T> = (subject: Subject, probe: Probe) => T | Promise<T>

/** A case as it runs. */
export type Run = Case['run']
