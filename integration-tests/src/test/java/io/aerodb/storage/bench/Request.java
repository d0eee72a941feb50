package io.aerodb.storage.bench;

import java.io.IOException;

/**
 * A request, and what its answer has to be.
 *
 * @param target path and query, as they are sent
 * @param headers lines that end with CRLF, without those of the body
 * @param status of the answer; 0 is any success
 * @param length of the answer's body; -1 is any
 */
record Request(String method, String target, String headers, Body body, int status, long length) {

    Request(String method, String target, String headers) {
        this(method, target, headers, Body.NONE, 0, -1);
    }

    Request with(String header) {
        return new Request(method, target, headers + header + "\r\n", body, status, length);
    }

    Request sending(Body other) {
        return new Request(method, target, headers, other, status, length);
    }

    Request expecting(int otherStatus, long otherLength) {
        return new Request(method, target, headers, body, otherStatus, otherLength);
    }

    /** The answer, if it is what was expected. */
    Answer checked(Answer answer) throws IOException {
        boolean right = status == 0 ? answer.status() / 100 == 2 : answer.status() == status;
        if (!right || length >= 0 && answer.length() != length) {
            throw new IOException("%s %s -> %s, with %d bytes"
                    .formatted(method, target, answer.head().lines().findFirst().orElse(""), answer.length()));
        }
        return answer;
    }
}
