package io.aerodb.storage.gateway.http;

import org.springframework.http.HttpStatus;

/**
 * The one table of failures a client can see (docs/api.md, "Errors"): code, status, error word, message. Programs compare
 * the code; existing clients also compare some of the words and messages, so those stand here letter by letter.
 */
public enum ErrorCode {
    INVALID_REQUEST("InvalidRequest", HttpStatus.BAD_REQUEST, "The request is malformed"),
    INVALID_KEY("InvalidKey", HttpStatus.BAD_REQUEST, "The object path is not valid"),
    INVALID_BUCKET_NAME("InvalidBucketName", HttpStatus.BAD_REQUEST, "The bucket name is not valid"),
    INVALID_METADATA("InvalidMetadata", HttpStatus.BAD_REQUEST, "The metadata is not valid"),
    BAD_DIGEST("BadDigest", HttpStatus.BAD_REQUEST, "The content does not match its digest"),
    INCOMPLETE_BODY("IncompleteBody", HttpStatus.BAD_REQUEST, "The body does not have its declared length"),
    UNAUTHORIZED("Unauthorized", HttpStatus.UNAUTHORIZED, "A valid token is required"),
    ACCESS_DENIED("AccessDenied", HttpStatus.FORBIDDEN, "Unauthorized", "Access denied"),
    INVALID_SIGNATURE("InvalidSignature", HttpStatus.FORBIDDEN, "The signature is not valid"),
    /** The same at addresses that Supabase clients use, who expect 400. */
    INVALID_LINK("InvalidSignature", HttpStatus.BAD_REQUEST, "The signature is not valid"),
    NO_SUCH_BUCKET("NoSuchBucket", HttpStatus.NOT_FOUND, "Bucket not found", "Bucket not found"),
    NO_SUCH_KEY("NoSuchKey", HttpStatus.NOT_FOUND, "not_found", "Object not found"),
    NO_SUCH_ROUTE("NoSuchRoute", HttpStatus.NOT_FOUND, "not_found", "There is nothing at this address"),
    METHOD_NOT_ALLOWED("MethodNotAllowed", HttpStatus.METHOD_NOT_ALLOWED, "This address does not know the method"),
    NOT_ACCEPTABLE("NotAcceptable", HttpStatus.NOT_ACCEPTABLE, "None of the accepted types can be sent"),
    REQUEST_TIMEOUT("RequestTimeout", HttpStatus.REQUEST_TIMEOUT, "The request came too slowly"),
    BUCKET_ALREADY_EXISTS("BucketAlreadyExists", HttpStatus.CONFLICT, "Duplicate", "The resource already exists"),
    BUCKET_NOT_EMPTY("BucketNotEmpty", HttpStatus.CONFLICT, "The bucket you tried to delete is not empty"),
    KEY_ALREADY_EXISTS("KeyAlreadyExists", HttpStatus.CONFLICT, "Duplicate", "The resource already exists"),
    MIGRATION_RUNNING("MigrationRunning", HttpStatus.CONFLICT, "A migration of the bucket is running already"),
    EXPIRED_URL("ExpiredUrl", HttpStatus.GONE, "The URL has expired"),
    PRECONDITION_FAILED(
            "PreconditionFailed", HttpStatus.PRECONDITION_FAILED, "A precondition of the request does not hold"),
    ENTITY_TOO_LARGE(
            "EntityTooLarge",
            HttpStatus.CONTENT_TOO_LARGE,
            "Payload too large",
            "The object exceeded the maximum allowed size"),
    URI_TOO_LONG("UriTooLong", HttpStatus.URI_TOO_LONG, "The request line is too long"),
    INVALID_MIME_TYPE(
            "InvalidMimeType",
            HttpStatus.UNSUPPORTED_MEDIA_TYPE,
            "invalid_mime_type",
            "The MIME type is not supported"),
    INVALID_RANGE("InvalidRange", HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "The range can't be satisfied"),
    SLOW_DOWN("SlowDown", HttpStatus.TOO_MANY_REQUESTS, "Too many requests, try again later"),
    HEADERS_TOO_LARGE(
            "HeadersTooLarge", HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The request headers are too large"),
    INTERNAL_ERROR("InternalError", HttpStatus.INTERNAL_SERVER_ERROR, "An internal error occurred"),
    CHECKSUM_MISMATCH(
            "ChecksumMismatch", HttpStatus.INTERNAL_SERVER_ERROR, "The stored content does not match its checksum"),
    NOT_IMPLEMENTED("NotImplemented", HttpStatus.NOT_IMPLEMENTED, "Not implemented"),
    SERVICE_UNAVAILABLE(
            "ServiceUnavailable", HttpStatus.SERVICE_UNAVAILABLE, "The service is unavailable, try again later"),
    INSUFFICIENT_STORAGE("InsufficientStorage", HttpStatus.INSUFFICIENT_STORAGE, "There is no room left");

    private final String code;
    private final HttpStatus status;
    private final String word;
    private final String message;

    ErrorCode(String code, HttpStatus status, String message) {
        this(code, status, code, message);
    }

    ErrorCode(String code, HttpStatus status, String word, String message) {
        this.code = code;
        this.status = status;
        this.word = word;
        this.message = message;
    }

    /** What programs compare, the body's {@code code}: {@code NoSuchKey}. */
    public String code() {
        return code;
    }

    public HttpStatus status() {
        return status;
    }

    /** The body's {@code error} member: {@code not_found}; the code itself where clients expect no other word. */
    public String word() {
        return word;
    }

    /** What the body says when there is nothing more to tell. */
    public String message() {
        return message;
    }

    /** This failure in the table's words. */
    public StorageError error() {
        return because(message);
    }

    /** This failure in its own words, which the client reads: no SQL, no server path, no token. */
    public StorageError because(String message) {
        return new StorageError(this, message);
    }

    /** This failure of one field, header or parameter; both are members of the body, too. */
    public StorageError because(String field, String reason) {
        return because(field + ": " + reason).with("field", field).with("reason", reason);
    }
}
