package io.aerodb.storage.metadata;

/** Callers as a token verifier would make them. */
final class Callers {

    static final RlsContext ANON = RlsContext.ANONYMOUS;
    static final RlsContext ALICE = user("alice");
    static final RlsContext BOB = user("bob");
    static final RlsContext CAROL = user("carol");
    static final RlsContext SERVICE = new RlsContext(null, Role.SERVICE_ROLE, "{\"role\":\"service_role\"}");

    private Callers() {}

    static RlsContext user(String sub) {
        return new RlsContext(sub, Role.AUTHENTICATED, "{\"sub\":\"%s\",\"role\":\"authenticated\"}".formatted(sub));
    }
}
