"""Touch screens 触摸屏 and LED strips. The devices and their journeys are built here."""
