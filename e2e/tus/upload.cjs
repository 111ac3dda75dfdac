// Uploads a file with tus-js-client, as a browser or a program of others would.
//
//   node upload.cjs CLIENT URL FILE OPTIONS
//
// CLIENT is the directory of tus-js-client; URL, where uploads are created; OPTIONS, JSON: those of the client, and
// "stopAt", the number of bytes after which the connection is dropped, and "piped", to send the file as a stream of which
// nobody knows the size. Prints JSON: the upload's URL, and how many bytes this run has sent.
'use strict'
const fs = require('node:fs')
const [client, endpoint, file, json] = process.argv.slice(2)
const { PassThrough } = require('node:stream')
const tus = require(client)
const { stopAt = Infinity, piped = false, ...options } = JSON.parse(json)

let first = -1
let last = 0

function end(status, more) {
  console.log(JSON.stringify({ url: upload.url, sent: Math.max(0, last - Math.max(first, 0)), ...more }))
  process.exit(status)
}

const source = fs.createReadStream(file)
const upload = new tus.Upload(piped ? source.pipe(new PassThrough()) : source, {
  endpoint,
  ...(piped ? { uploadLengthDeferred: true } : { uploadSize: fs.statSync(file).size }),
  retryDelays: [100, 200, 400, 800],
  ...options,
  onProgress(sent) {
    if (first < 0) first = sent
    last = sent
    if (sent >= stopAt) {
      upload.abort().then(() => end(0, { stopped: true }))
    }
  },
  onError: (error) => end(1, { error: String(error) }),
  onSuccess: () => end(0, { stopped: false }),
})
upload.start()
