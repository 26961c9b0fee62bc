// The front door of the test kit.

export { createFakeApp } from './app.ts'
export type { Clock } from './clock.ts'
export type { FakeAccount, FakeApp, FakeAppOptions } from './fake-app.ts'
export type { Fault, FaultRule } from './faults.ts'
export type { Json, JsonObject } from './json.ts'
export { type ListeningApp, listen } from './listen.ts'
export type { OtherWriter } from './other-writer.ts'
export type {
  FakeProfile,
  FilterSupport,
  MemberHabits,
  PageHabits,
  PatchHabits,
  RateLimit,
  TypeHabits,
} from './profile.ts'
export { FAKE_PROFILES, type FakeProfileName, flaky, lying, otherWriter, slow } from './profiles.ts'
export type { Type } from './schema.ts'
export type { Effect, Exchange } from './trace.ts'
