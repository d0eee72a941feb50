package io.aerodb.storage.backend.s3;

import java.util.function.Predicate;

/** The calls of S3 that the adapter makes, as one sees them in a request. */
public enum S3Call implements Predicate<HttpHead> {
    CREATE_UPLOAD,
    UPLOAD_PART,
    COMPLETE_UPLOAD,
    ABORT_UPLOAD,
    LIST_UPLOADS,
    LIST_PARTS,
    PUT,
    GET,
    HEAD,
    DELETE,
    LIST,
    OTHER;

    @Override
    public boolean test(HttpHead request) {
        return of(request) == this;
    }

    static S3Call of(HttpHead request) {
        String[] target = request.target().split("\\?", 2);
        String query = target.length == 1 ? "" : "&" + target[1];
        if (query.contains("&uploadId=")) {
            return ofUpload(request.method());
        }
        if (query.contains("&uploads")) {
            return request.method().equals("POST") ? CREATE_UPLOAD : LIST_UPLOADS;
        }
        if (query.contains("&list-type=")) {
            return LIST;
        }
        return target[0].indexOf('/', 1) < 0 ? OTHER : ofObject(request.method());
    }

    private static S3Call ofUpload(String method) {
        return switch (method) {
            case "PUT" -> UPLOAD_PART;
            case "POST" -> COMPLETE_UPLOAD;
            case "DELETE" -> ABORT_UPLOAD;
            default -> LIST_PARTS;
        };
    }

    private static S3Call ofObject(String method) {
        return switch (method) {
            case "PUT" -> PUT;
            case "GET" -> GET;
            case "HEAD" -> HEAD;
            case "DELETE" -> DELETE;
            default -> OTHER;
        };
    }
}
