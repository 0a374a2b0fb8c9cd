package dev.bulkhead.operator.secret;

/** Why a wrapped key, a stored value or a sealed value was not opened. The texts never carry any of its content. */
public enum Refusal {
    /** An entry that must be there is not. */
    MISSING("the entry is missing"),
    /** The text is not {@code TSH1.} followed by unpadded, canonical base64url. */
    NOT_TEXT("the text is not a TSH1 value: copy it again, without spaces, quotes or line breaks"),
    /** Fewer bytes than the format's header and tag. */
    TOO_SHORT("the value is cut short"),
    /** More bytes than a Kubernetes Secret can hold. */
    TOO_LONG("the value is longer than a Secret can hold"),
    /** Not one of our formats, or not the one expected in this place. */
    WRONG_FORMAT("the value has another format than the one expected here"),
    /** An algorithm or suite number this version does not know. */
    UNKNOWN_ALGORITHM("the value was made with an algorithm this version does not know"),
    /** A header field is out of range, or does not fit the place where the value was found. */
    MALFORMED("the value's header is damaged"),
    /** The key version named in the header is not on the key ring. */
    UNKNOWN_KEY_VERSION("the key version it was made with is not on the key ring"),
    /** The commitment in the message names another key than the one with that id. */
    KEY_MISMATCH("it was made with another key that carries the same id, or it is damaged"),
    /** Damaged, or made for another tenant, purpose, namespace, name or key. */
    NOT_AUTHENTIC("it is damaged, or was made for another tenant, namespace, name or key"),
    /** The sender's X25519 share is a point of low order: the shared secret would be known to all. */
    WEAK_KEY_SHARE("its key share is weak");

    private final String message;

    Refusal(String message) {
        this.message = message;
    }

    /** A sentence part for status and events, without any secret. */
    public String message() {
        return message;
    }
}
