package io.aerodb.storage.bench;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is kept of an answer.
 *
 * @param head status line and headers
 * @param length of the body, which is dropped
 */
record Answer(int status, String head, long length) {

    /** Of this header; an empty text without one. */
    String header(String name) {
        Matcher line =
                Pattern.compile("(?im)^" + Pattern.quote(name) + ": *(.*?)\r?$").matcher(head);
        return line.find() ? line.group(1) : "";
    }
}
