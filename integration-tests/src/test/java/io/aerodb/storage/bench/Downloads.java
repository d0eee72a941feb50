package io.aerodb.storage.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** The ways to ask for files that are there, in turn. */
final class Downloads {

    private static final int RANGE = 1024;

    private Downloads() {}

    /** With a token, under row security. */
    static Work authorized(Contestant contestant, Line line) throws IOException {
        String bucket = contestant.stock().bucket(line, false);
        return number -> file(contestant.target(), "GET", bucket, line, number).expecting(200, line.bytes());
    }

    static Work open(Contestant contestant, Line line) throws IOException {
        String bucket = contestant.stock().bucket(line, true);
        return number -> contestant
                .target()
                .open("GET", bucket, "folder/" + number % line.files())
                .expecting(200, line.bytes());
    }

    static Work heads(Contestant contestant, Line line) throws IOException {
        String bucket = contestant.stock().bucket(line, false);
        return number -> file(contestant.target(), "HEAD", bucket, line, number).expecting(200, -1);
    }

    static Work unchanged(Contestant contestant, Line line) throws IOException {
        String bucket = contestant.stock().bucket(line, false);
        List<String> tags = new ArrayList<>();
        for (int number = 0; number < line.files(); number++) {
            tags.add(contestant
                    .exchange(file(contestant.target(), "HEAD", bucket, line, number))
                    .header("ETag"));
        }
        return number -> file(contestant.target(), "GET", bucket, line, number)
                .with("If-None-Match: " + tags.get((int) (number % tags.size())))
                .expecting(304, 0);
    }

    static Work ranges(Contestant contestant, Line line) throws IOException {
        String bucket = contestant.stock().bucket(line, false);
        return number -> file(contestant.target(), "GET", bucket, line, number)
                .with("Range: bytes=1000-" + (1000 + RANGE - 1))
                .expecting(206, RANGE);
    }

    /** By links that were signed before. */
    static Work signed(Contestant contestant, Line line) throws IOException {
        String bucket = contestant.stock().bucket(line, false);
        List<Request> links = new ArrayList<>();
        for (int number = 0; number < line.files(); number++) {
            String answer = contestant.text(
                    contestant.server().post("/object/sign/" + bucket + "/folder/" + number, "{\"expiresIn\": 86400}"));
            String link = new JsonMapper().readTree(answer).get("signedURL").asString();
            links.add(new Request("GET", "/storage/v1" + link, "").expecting(200, line.bytes()));
        }
        return number -> links.get((int) (number % links.size()));
    }

    private static Request file(Target target, String method, String bucket, Line line, long number) {
        return target.request(method, bucket, "folder/" + number % line.files());
    }
}
