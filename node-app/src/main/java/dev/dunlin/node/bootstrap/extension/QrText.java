package dev.dunlin.node.bootstrap.extension;

import io.nayuki.qrcodegen.QrCode;
import java.util.ArrayList;
import java.util.List;

/** QR codes in a terminal (ISO/IEC 18004), two rows of the code in a line of text. */
final class QrText {

    /** How many light modules there are around a code. */
    private static final int QUIET = 4;

    private QrText() {}

    /**
     * A text as lines of block characters. Light on dark, as most terminals are; cameras read it on a light one, too.
     *
     * @throws IllegalArgumentException if it is too long for a code
     */
    static List<String> lines(String text) {
        QrCode code = QrCode.encodeText(text, QrCode.Ecc.LOW);
        List<String> lines = new ArrayList<>();
        for (int y = -QUIET; y < code.size + QUIET; y += 2) {
            StringBuilder line = new StringBuilder();
            for (int x = -QUIET; x < code.size + QUIET; x++) {
                boolean upper = !code.getModule(x, y);
                boolean lower = y + 1 < code.size + QUIET && !code.getModule(x, y + 1);
                line.append(upper ? (lower ? '\u2588' : '\u2580') : lower ? '\u2584' : ' ');
            }
            lines.add(line.toString());
        }
        return lines;
    }
}
