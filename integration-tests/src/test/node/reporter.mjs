// One line of JSON for each case that ended, for whoever started Node.
import { basename } from 'node:path'
import { inspect } from 'node:util'

export default async function* (events) {
  for await (const { type, data } of events) {
    if (type === 'test:pass' || type === 'test:fail') {
      yield JSON.stringify(line(data)) + '\n'
    }
  }
}

const line = ({ file, name, skip, details }) => ({
  file: basename(file ?? name),
  name,
  skipped: skip !== undefined,
  error: details.error && inspect(details.error.cause ?? details.error)
})
