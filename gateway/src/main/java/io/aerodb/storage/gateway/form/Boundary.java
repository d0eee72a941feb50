package io.aerodb.storage.gateway.form;

import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.StorageError;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/**
 * The text between the parts of a form: RFC 2046, 5.1.1, with a few more characters than it allows.
 *
 * @param value 1 to 70 printable ASCII characters; none of them is CR
 */
record Boundary(String value) {

    private static final Pattern SHAPE = Pattern.compile("[\\x20-\\x7E&&[^\"\\\\]]{0,69}[\\x21-\\x7E&&[^\"\\\\]]");

    Boundary {
        if (!SHAPE.matcher(value).matches()) {
            throw malformed();
        }
    }

    /**
     * The parameter of a Content-Type.
     *
     * @throws StorageError InvalidRequest without a good one
     */
    static Boundary of(String contentType) {
        String parameter = parameter(contentType);
        if (parameter == null) {
            throw malformed();
        }
        boolean quoted = parameter.length() > 1 && parameter.startsWith("\"") && parameter.endsWith("\"");
        return new Boundary(quoted ? parameter.substring(1, parameter.length() - 1) : parameter);
    }

    /** What ends the content of a part: the line break before it belongs to it. */
    byte[] delimiter() {
        return ("\r\n--" + value).getBytes(StandardCharsets.US_ASCII);
    }

    private static @Nullable String parameter(String contentType) {
        try {
            return MediaType.parseMediaType(contentType).getParameter("boundary");
        } catch (InvalidMediaTypeException noType) {
            return null;
        }
    }

    private static StorageError malformed() {
        return ErrorCode.INVALID_REQUEST.because(
                HttpHeaders.CONTENT_TYPE, "must name the form's boundary, 1 to 70 printable ASCII characters");
    }
}
