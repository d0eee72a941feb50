package io.aerodb.storage.gateway.http;

import java.util.Locale;

/**
 * A request target (RFC 9112, 3.2) that java.net.URI accepts.
 *
 * @param uri origin form; characters a URI may not have are percent-encoded, so they are data
 * @param malformation what no encoding mends
 */
record RequestTarget(String uri, Malformation malformation) {

    private static final String LEGAL = "-._~!$&'()*+,;=:@/";
    private static final String HEX = "0123456789ABCDEF";

    /** The target as the client sent it, one char a byte. */
    static RequestTarget of(String raw) {
        String target = originForm(raw);
        if (!target.startsWith("/") && !target.equals("*")) {
            return new RequestTarget("/", Malformation.FORM);
        }
        int query = target.indexOf('?');
        int end = query < 0 ? target.length() : query;
        StringBuilder uri = new StringBuilder(target.length() + 16);
        boolean wellFormed = encode(target, 0, end, uri);
        encode(target, end, target.length(), uri);
        return new RequestTarget(uri.toString(), wellFormed ? Malformation.NONE : Malformation.PERCENT);
    }

    private static String originForm(String raw) {
        String scheme = raw.length() > 8 ? raw.substring(0, 8).toLowerCase(Locale.ROOT) : "";
        if (!scheme.startsWith("http://") && !scheme.equals("https://")) {
            return raw;
        }
        int authority = raw.indexOf("//") + 2;
        for (int i = authority; i < raw.length(); i++) {
            if (raw.charAt(i) == '/' || raw.charAt(i) == '?') {
                return raw.charAt(i) == '/' ? raw.substring(i) : "/" + raw.substring(i);
            }
        }
        return "/";
    }

    /** Whether every {@code %} began an escape; one that did not is data, as in the WHATWG URL standard. */
    private static boolean encode(String target, int from, int to, StringBuilder uri) {
        boolean wellFormed = true;
        for (int i = from; i < to; i++) {
            char character = target.charAt(i);
            boolean escape = character == '%' && isEscape(target, i, to);
            wellFormed &= escape || character != '%';
            if (escape || isLegal(character) || i == from && character == '?') {
                uri.append(character);
            } else {
                escape(character, uri);
            }
        }
        return wellFormed;
    }

    private static boolean isEscape(String target, int percent, int to) {
        return percent + 2 < to
                && Character.digit(target.charAt(percent + 1), 16) >= 0
                && Character.digit(target.charAt(percent + 2), 16) >= 0;
    }

    private static boolean isLegal(char character) {
        return character >= 'a' && character <= 'z'
                || character >= 'A' && character <= 'Z'
                || character >= '0' && character <= '9'
                || LEGAL.indexOf(character) >= 0;
    }

    private static void escape(char octet, StringBuilder uri) {
        uri.append('%').append(HEX.charAt(octet >> 4 & 0xF)).append(HEX.charAt(octet & 0xF));
    }
}
