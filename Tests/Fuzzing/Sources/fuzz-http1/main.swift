import FuzzDriver

FuzzDriver.run(ofLines: true, HTTP1Properties.violation)
