// Loads a state file as the Redux DevTools do: read by jsan, imported by @redux-devtools/instrument without recomputing. Then
// visits each step, takes one more action, and prints as one JSON line what the store showed.
import { readFileSync } from 'node:fs'
import { parse } from 'jsan'
import { legacy_createStore as createStore } from 'redux'
import { ActionCreators, instrument } from '@redux-devtools/instrument'

const file = parse(readFileSync(process.argv[2], 'utf8'))
const store = createStore((state = {}) => state, instrument())
const lifted = store.liftedStore
lifted.dispatch(ActionCreators.importState(file, true))

const imported = lifted.getState()
if (imported.stagedActionIds.length !== imported.computedStates.length) {
  throw new Error('a computed state belongs to each staged action')
}
for (const id of imported.stagedActionIds) {
  const action = imported.actionsById[id]
  if (action?.type !== 'PERFORM_ACTION' || typeof action.action.type !== 'string' || !Number.isInteger(action.timestamp)) {
    throw new Error(`id ${id} is no lifted action`)
  }
}
const current = store.getState()
const visited = imported.stagedActionIds.map((id, index) => {
  lifted.dispatch(ActionCreators.jumpToState(index))
  const action = lifted.getState().actionsById[id]
  return { id, action: action.action, timestamp: action.timestamp, state: store.getState() }
})
// A new action gets the id that the file says is next.
lifted.dispatch(ActionCreators.jumpToState(visited.length - 1))
store.dispatch({ type: 'more' })
const more = lifted.getState()

process.stdout.write(
  `${JSON.stringify({
    currentStateIndex: imported.currentStateIndex,
    committedState: imported.committedState,
    current,
    visited,
    more: more.stagedActionIds.at(-1),
    skipped: more.skippedActionIds
  })}\n`
)
