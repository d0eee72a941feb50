// Runs these files in one process; Node's own test command starts one for each.
for (const file of process.argv.slice(2)) {
  await import(`./${file}`)
}
