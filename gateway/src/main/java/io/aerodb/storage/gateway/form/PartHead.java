package io.aerodb.storage.gateway.form;

import io.aerodb.storage.gateway.http.StorageError;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;

/**
 * The header lines of one part: RFC 7578, 4.
 *
 * @param name of the field; empty when it has none
 * @param isFile whether the part says that it is a file: it has a file name, or no name, or the name {@code file}
 */
record PartHead(String name, boolean isFile, HttpHeaders headers) {

    private static final Set<String> NAMES_OF_FILES = Set.of("", "file");
    private static final Set<String> PLAIN = Set.of("7bit", "8bit", "binary");
    private static final Pattern LINE =
            Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):([^\\x00-\\x08\\x0A-\\x1F\\x7F]*+)");

    /**
     * Reads them.
     *
     * @param bytes from behind the boundary up to the empty line, that included
     * @throws StorageError InvalidRequest
     */
    static PartHead of(byte[] bytes) {
        String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\r\n");
        HttpHeaders headers = new HttpHeaders();
        for (int i = 0; i < lines.length; i++) {
            if (i > 0) {
                add(headers, lines[i]);
            } else if (!lines[i].isBlank()) {
                throw malformed("must have a line break or -- behind each boundary");
            }
        }
        return of(headers);
    }

    private static void add(HttpHeaders headers, String line) {
        Matcher field = LINE.matcher(line);
        if (!field.matches()) {
            throw malformed("has a header line in a part that is none");
        }
        headers.add(field.group(1), field.group(2).strip());
    }

    private static PartHead of(HttpHeaders headers) {
        String encoding = headers.getFirst("Content-Transfer-Encoding");
        if (encoding != null && !PLAIN.contains(encoding.toLowerCase(Locale.ROOT))) {
            throw malformed("must not use Content-Transfer-Encoding");
        }
        ContentDisposition disposition = disposition(headers);
        if (!disposition.isFormData()) {
            throw malformed("has a part without Content-Disposition: form-data");
        }
        String name = Objects.requireNonNullElse(disposition.getName(), "");
        return new PartHead(name, disposition.getFilename() != null || NAMES_OF_FILES.contains(name), headers);
    }

    private static ContentDisposition disposition(HttpHeaders headers) {
        try {
            return headers.getContentDisposition();
        } catch (RuntimeException malformed) { // Spring's parser fails in several ways, at name=" for one
            return ContentDisposition.empty();
        }
    }

    private static StorageError malformed(String reason) {
        return FormParser.malformed(reason);
    }
}
