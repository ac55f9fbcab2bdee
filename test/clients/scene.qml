// A window in one colour, which a click turns into another; the escape key ends it.
import QtQuick
import QtQuick.Window

Window {
    visible: true
    width: 640
    height: 360
    color: "#204060"

    MouseArea {
        anchors.fill: parent
        onClicked: parent.Window.window.color = "#804020"
    }

    Item {
        focus: true
        Keys.onEscapePressed: Qt.quit()
    }
}
