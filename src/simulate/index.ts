// Identity providers in a box: the front door.

export type { SimulateOptions } from './options.ts'
export {
  type ActResult,
  type Finding,
  type SimulatedPerson,
  type Simulation,
  type StepResult,
  tellSimulation,
  type Verdict,
} from './result.ts'
export { ACTS, type ActName, type Fault, type Scenario, type Source } from './scenario.ts'
export { isSimulated, SCENARIOS, type Simulated } from './scenarios.ts'
export { simulate } from './simulate.ts'
