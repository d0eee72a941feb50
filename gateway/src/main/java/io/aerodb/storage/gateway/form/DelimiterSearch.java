package io.aerodb.storage.gateway.form;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Finds a form's delimiter in a stream of buffers and holds on to none of them: when one ends with the beginning of a
 * delimiter, the length of that beginning says all.
 *
 * <p>Horspool's search. CR is the delimiter's first byte and no other one, so that two beginnings never overlap: the time is
 * linear in the content, whatever it is.
 */
final class DelimiterSearch {

    /** The line break before the first delimiter may be missing: the search begins as if one had been there. */
    private static final int LINE_BREAK = 2;

    private final byte[] delimiter;
    private final int[] skip = new int[256];
    private int matched = LINE_BREAK;

    /** @param delimiter CR, then bytes other than CR */
    DelimiterSearch(byte[] delimiter) {
        this.delimiter = delimiter;
        Arrays.fill(skip, delimiter.length);
        for (int i = 0; i < delimiter.length - 1; i++) {
            skip[delimiter[i] & 0xff] = delimiter.length - 1 - i;
        }
    }

    /**
     * What the next buffer holds.
     *
     * @param regained bytes that earlier buffers ended with, which looked like a delimiter and are content after all
     * @param content bytes of this buffer that are content, from its beginning
     * @param consumed bytes of this buffer up to the end of the delimiter, or all of them
     * @param complete whether a delimiter ends there
     */
    record Found(int regained, int content, int consumed, boolean complete) {}

    /** Looks into the buffer from its position to its limit and moves neither. After a hit it begins anew. */
    Found next(ByteBuffer in) {
        int continued = common(in, in.position(), matched);
        if (matched + continued == delimiter.length) {
            matched = 0;
            return new Found(0, 0, continued, true);
        }
        if (continued == in.remaining()) {
            matched += continued;
            return new Found(0, 0, continued, false);
        }
        int regained = matched;
        matched = 0;
        return ahead(in, regained);
    }

    /** The first bytes of the delimiter, as content. */
    byte[] beginning(int length) {
        return Arrays.copyOf(delimiter, length);
    }

    int length() {
        return delimiter.length;
    }

    private Found ahead(ByteBuffer in, int regained) {
        int at = in.position();
        int last = in.limit() - delimiter.length;
        while (at <= last) {
            if (common(in, at, 0) == delimiter.length) {
                int content = at - in.position();
                return new Found(regained, content, content + delimiter.length, true);
            }
            at += skip[in.get(at + delimiter.length - 1) & 0xff];
        }
        return tail(in, at, regained);
    }

    private Found tail(ByteBuffer in, int from, int regained) {
        int at = from;
        while (common(in, at, 0) < in.limit() - at) {
            at++;
        }
        matched = in.limit() - at;
        return new Found(regained, at - in.position(), in.remaining(), false);
    }

    /** How many bytes of the buffer from a place on are those of the delimiter from one of its own on. */
    private int common(ByteBuffer in, int at, int from) {
        int most = Math.min(in.limit() - at, delimiter.length - from);
        int count = 0;
        while (count < most && in.get(at + count) == delimiter[from + count]) {
            count++;
        }
        return count;
    }
}
