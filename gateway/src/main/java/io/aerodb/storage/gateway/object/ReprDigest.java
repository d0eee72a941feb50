package io.aerodb.storage.gateway.object;

import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;

/** The digest of a representation for whoever wants it (RFC 9530, 3 and 4). */
final class ReprDigest {

    private static final Pattern WANTED = Pattern.compile("(^|.*,)\\s*sha-256\\s*=\\s*([1-9]|10)\\s*(,.*|$)");

    private ReprDigest() {}

    static boolean isWanted(HttpHeaders request) {
        List<String> wishes = request.getOrEmpty("Want-Repr-Digest");
        return WANTED.matcher(String.join(",", wishes)).matches();
    }

    /** @param checksum the SHA-256 in hexadecimal */
    static void write(String checksum, HttpHeaders answer) {
        String base64 = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(checksum));
        answer.set("Repr-Digest", "sha-256=:" + base64 + ":");
    }
}
