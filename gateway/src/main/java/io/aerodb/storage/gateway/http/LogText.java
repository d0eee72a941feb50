package io.aerodb.storage.gateway.http;

/** Makes any text one harmless value of a key=value log line: no new lines, no terminal escapes, no end. */
public final class LogText {

    private static final int MOST = 2048;
    private static final String PLAIN_PUNCTUATION = "-._~!$&'()*+,;:@/%?#[]|<>{}^`";

    private LogText() {}

    /** The text as it is where that is safe, else in double quotes and escaped; cut after 2048 characters. */
    public static String value(String text) {
        boolean plain = !text.isEmpty() && text.length() <= MOST && text.chars().allMatch(LogText::isPlain);
        return plain ? text : quoted(text);
    }

    /** The text in double quotes and escaped; cut after 2048 characters. */
    public static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().limit(MOST).forEach(character -> append(quoted, (char) character));
        return quoted.append(text.length() > MOST ? "…\"" : "\"").toString();
    }

    private static void append(StringBuilder quoted, char character) {
        if (character == '"' || character == '\\') {
            quoted.append('\\').append(character);
        } else if (character >= ' ' && character < 0x7F) {
            quoted.append(character);
        } else {
            quoted.append("\\u%04x".formatted((int) character));
        }
    }

    private static boolean isPlain(int character) {
        return character >= 'a' && character <= 'z'
                || character >= 'A' && character <= 'Z'
                || character >= '0' && character <= '9'
                || PLAIN_PUNCTUATION.indexOf(character) >= 0;
    }
}
